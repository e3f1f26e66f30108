import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { MAX_FILE_BYTES, readCredentialFile } from "../../lib/waiter/bdrc/sources/credential-file";
import { failure, find, Home, pauses } from "./credential-home";

let home: Home;
beforeEach(() => (home = new Home()));
afterEach(() => home.close());

/** What can stand where a file belongs, and how it is refused. */
const WRONG_FILES: readonly (readonly [string, (file: string) => string, string])[] = [
  [
    "a pipe that nobody writes into",
    (file) => (execFileSync("mkfifo", [file]), file),
    "a named pipe, where a regular file belongs",
  ],
  ["a device without an end", () => "/dev/zero", "a device, where a regular file belongs"],
  ["a folder", (file) => (mkdirSync(file), file), "a folder, where a regular file belongs"],
  [
    "a file of many gigabytes",
    (file) => (writeFileSync(file, ""), truncateSync(file, 2 ** 34), file),
    "larger than 1024 KiB, so it is no file of credentials",
  ],
  ["nothing", (file) => file, "not there"],
];

describe.each(WRONG_FILES)(
  "%s in the place of a file of credentials is refused at once",
  (_, make, reason) => {
    test("by the one function that reads them", async () => {
      await expect(readCredentialFile(make(path.join(home.folder, "f")))).rejects.toThrow(reason);
    });

    test("wherever a variable names it", async () => {
      const file = make(path.join(home.folder, "f"));
      const role = { ALIBABA_CLOUD_ROLE_ARN: "r", ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "p" };
      for (const [environment, line] of [
        [
          { ALICLOUD_SHARED_CREDENTIALS_FILE: file },
          "ALICLOUD_SHARED_CREDENTIALS_FILE, its current profile: ",
        ],
        [{ ALIBABA_CLOUD_CREDENTIALS_FILE: file }, "ALIBABA_CLOUD_CREDENTIALS_FILE, profile default: "],
        [
          { ...role, ALIBABA_CLOUD_OIDC_TOKEN_FILE: file },
          "OIDC role: set, but the file in ALIBABA_CLOUD_OIDC_TOKEN_FILE: ",
        ],
      ] as const) {
        Object.assign(process.env, environment);
        const { tried } = await failure();
        expect(tried).toContain(line + reason);
        expect(tried.join("\n")).not.toContain(file);
        expect(pauses).toEqual([]);
        for (const name of Object.keys(environment)) delete process.env[name];
      }
    });

    test("in a profile", async () => {
      const oidc_token_file = make(path.join(home.folder, "f"));
      home.profiles({ mode: "OIDC", ram_role_arn: "r", oidc_provider_arn: "p", oidc_token_file });
      expect((await failure("work")).tried[0]).toBe(
        `~/.aliyun/config.json, profile work: the file in its oidc_token_file: ${reason}`,
      );
    });
  },
);

test.each([
  [".aliyun/config.json", "~/.aliyun/config.json, its current profile"],
  [".alibabacloud/credentials", "~/.alibabacloud/credentials, profile default"],
])("a pipe in the place of ~/%s is refused", async (file, line) => {
  execFileSync("mkfifo", [path.join(home.folder, file)]);
  expect((await failure()).tried).toContain(`${line}: a named pipe, where a regular file belongs`);
});

describe("what is a file of credentials is read", () => {
  test.each([0, 1, 64 * 1024, MAX_FILE_BYTES])("whole, with %i bytes", async (length) => {
    const text = "x".repeat(length);
    expect(await readCredentialFile(home.write("f", text))).toBe(text);
  });

  test("through a link, without a byte-order mark, and below the home folder", async () => {
    const file = home.write("f", "\uFEFFkeys");
    execFileSync("ln", ["-s", file, path.join(home.folder, "link")]);
    expect(await readCredentialFile("~/link")).toBe("keys");
  });

  test("one byte more than is read is too many", async () => {
    await expect(readCredentialFile(home.write("f", "x".repeat(MAX_FILE_BYTES + 1)))).rejects.toThrow(
      "larger than",
    );
  });

  test("also where the system says no size", async () => {
    expect(await readCredentialFile("/proc/self/status")).toMatch(/^Name:/);
  });

  test("in either form in either place, since the alicloud provider reads JSON where the SDKs read sections", async () => {
    const json = {
      current: "work",
      profiles: [{ name: "work", mode: "AK", access_key_id: "j", access_key_secret: "s" }],
    };
    const sections = "[work]\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n";
    for (const name of ["ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"]) {
      process.env[name] = home.write("f", json);
      expect(await find("work")).toMatchObject({ accessKeyId: "j" });
      process.env[name] = home.write("f", sections);
      expect(await find("work")).toMatchObject({ accessKeyId: "i" });
      delete process.env[name];
    }
  });
});
