import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ReceiptError, receiptFile } from "../../lib/waiter/receipt";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "receipt-"));
const RECEIPT = { taskId: "t-1", startedAt: "2026-11-24T00:00:00.000Z", done: false };

test("a receipt is read back by whoever asks with the same request, and by nobody else", () => {
  const place = folder();
  receiptFile(place, "inventory", "request one").write(RECEIPT);
  expect(receiptFile(place, "inventory", "request one").read()).toEqual(RECEIPT);
  expect(receiptFile(place, "inventory", "request two").read()).toBeUndefined();
  expect(receiptFile(place, "other", "request one").read()).toBeUndefined();
});

test("a receipt that is absent is none", () => {
  expect(receiptFile(folder(), "inventory", "r").read()).toBeUndefined();
});

test.each([
  '{"request":"r","taskId":7}',
  "{half",
  "",
  "[]",
  '{"request":"r","taskId":"t-1\\u001b[2J","startedAt":"2026-11-24T00:00:00.000Z"}',
  '{"request":"r","intendedAt":"yesterday","notTaskId":""}',
])("a receipt that holds %j may tell of a task, so it is not taken for none", (text) => {
  const place = folder();
  const file = receiptFile(place, "inventory", "r");
  file.write(RECEIPT);
  writeFileSync(path.join(place, "bdrc-task", "inventory.json"), text);
  expect(() => file.read()).toThrow(ReceiptError);
  expect(() => file.read()).toThrow(
    /cannot be read\.\n\n {2}Code: +BAD_RECEIPT\n {2}File: +\S+inventory\.json\n {2}Reason: /,
  );
});

test("an intent is read back, too", () => {
  const file = receiptFile(folder(), "inventory", "r");
  const intent = { intendedAt: "2026-11-24T00:00:00.000Z", notTaskId: "t-1" };
  file.write(intent);
  expect(file.read()).toEqual(intent);
});

test("a removed receipt is none, and leaves its folder only to others", () => {
  const place = folder();
  const [one, other] = [receiptFile(place, "one", "r"), receiptFile(place, "other", "r")];
  [one, other].forEach((file) => file.write(RECEIPT));
  one.remove();
  expect(one.read()).toBeUndefined();
  expect(readdirSync(path.join(place, "bdrc-task"))).toEqual(["other.json"]);
  other.remove();
  expect(readdirSync(place)).toEqual([]);
});

describe("a receipt that cannot be kept is an error of its own, and leaves nothing behind", () => {
  const refusals: [string, (place: string) => string][] = [
    ["a file in place of the folder", (place) => (writeFileSync(path.join(place, "bdrc-task"), ""), place)],
    ["a link that leads nowhere", (place) => (symlinkSync("nowhere", path.join(place, "bdrc-task")), place)],
    [
      "a folder in place of the file",
      (place) => (mkdirSync(path.join(place, "bdrc-task", "inventory.json"), { recursive: true }), place),
    ],
    // No user may make a folder there, root included.
    ["a file system that takes no folders", () => "/proc/self"],
  ];
  test.each(refusals)("%s", (_, make) => {
    const place = make(folder());
    expect(() => receiptFile(place, "inventory", "r").write(RECEIPT)).toThrow(
      /^The receipt of a task cannot be kept, .*\n\n {2}Code: +BAD_RECEIPT\n {2}File: .*\n {2}Reason: +E[A-Z]+\n {2}Next: /,
    );
    expect(existsSync(path.join(place, "bdrc-task", `inventory.json.${process.pid}`))).toBe(false);
  });
});

test("a receipt is replaced as a whole, and no half of one is left beside it", () => {
  const place = folder();
  const file = receiptFile(place, "inventory", "r");
  file.write(RECEIPT);
  file.write({ ...RECEIPT, done: true });
  expect(file.read()).toEqual({ ...RECEIPT, done: true });
  expect(readdirSync(path.join(place, "bdrc-task"))).toEqual(["inventory.json"]);
});

test("a pipe in place of a receipt is refused, and not waited for", () => {
  const place = mkdtempSync(path.join(tmpdir(), "receipt-"));
  mkdirSync(path.join(place, "bdrc-task"));
  expect(spawnSync("mkfifo", [path.join(place, "bdrc-task", "inventory.json")]).status).toBe(0);
  expect(() => receiptFile(place, "inventory", "r").read()).toThrow(
    /^The receipt of a started task cannot be read\.[^]*Reason: +it is no small regular file/,
  );
});
