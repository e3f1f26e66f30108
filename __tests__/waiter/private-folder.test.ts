import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { privateFolder } from "../../lib/waiter/private-folder";

let temp: string;
beforeEach(() => (temp = mkdtempSync(path.join(tmpdir(), "private-folder-"))));

const expected = (): string => path.join(temp, `bdrc-task-${process.getuid?.()}`);

test("is made for its user alone, and is the same the next time", () => {
  expect(privateFolder(temp)).toBe(expected());
  expect(lstatSync(expected()).mode & 0o777).toBe(0o700);
  expect(privateFolder(temp)).toBe(expected());
});

test.each<[string, () => void]>([
  ["a link", () => symlinkSync(mkdtempSync(path.join(temp, "elsewhere-")), expected())],
  ["a file", () => writeFileSync(expected(), "", { mode: 0o700 })],
  [
    "open to others",
    () => {
      mkdirSync(expected());
      chmodSync(expected(), 0o755);
    },
  ],
])("is refused when it is %s", (_, plant) => {
  plant();
  expect(() => privateFolder(temp)).toThrow(new RegExp(`^${expected()} is (not a folder|open to others)$`));
});

test("is refused where no folder can be made", () => {
  rmSync(temp, { recursive: true });
  expect(() => privateFolder(temp)).toThrow("ENOENT");
});
