import { EXIT } from "../../lib/cli/exit-code";
import { bdrcTask } from "./fake-terminal";

/** What is printed, by the library as well, which writes to the console. */
async function complete(...words: readonly string[]): Promise<{ code: unknown; text: string }> {
  const said: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
  const { code, out } = await bdrcTask(["complete", ...words]);
  log.mockRestore();
  return { code, text: out + said.map((line) => `${line}\n`).join("") };
}

/** What is offered for a line whose last word is being typed, without what is said of each. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const { text } = await complete("--", ...words);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "");
}

const NO_FILES = ":4";
const FILES = ":0";

describe("what is offered", () => {
  test.each<[words: string[], offered: string[]]>([
    [["wa"], ["wait", "watch"]],
    [
      ["start", ""],
      ["update-resources", "check-rules", "precheck-count", "update-cross-accounts", "help"],
    ],
    [
      ["complete", ""],
      ["bash", "zsh", "fish", "powershell"],
    ],
    [["help", "do"], ["doctor"]],
    [["wait", "--ti"], ["--timeout"]],
    [["wait", "t-1", "--json", "--max"], ["--max-outage"]],
    [["start", "update-resources", "--reu"], ["--reuse"]],
    [["start", "precheck-count", "--reu"], []],
    [
      ["wait", "--region", "cn"],
      ["cn-shanghai", "cn-shanghai-finance-1"],
    ],
    [
      ["list", "--status", "C"],
      ["CREATED", "COMPLETE", "CANCELED"],
    ],
    [
      ["list", "--type", ""],
      ["UPDATE_RESOURCES", "CHECK_RULES"],
    ],
    [["fake", "--ends", "N"], ["NEVER"]],
    // Nobody here knows ids, endpoints and profiles.
    [["wait", ""], []],
    [["wait", "--endpoint", ""], []],
    [["nothing", ""], []],
  ])("for %j is %j", async (words, expected) => {
    expect(await offered(...words)).toEqual([...expected, NO_FILES]);
  });

  test.each([
    [["run", ""]],
    [["run", "--", "terra"]],
    [["run", "--", "terraform", "-"]],
    [["watch", "ev"]],
    [["fake", "--scenario", ""]],
  ])("for %j is names of files", async (words) => {
    expect(await offered(...words)).toEqual([FILES]);
  });

  test("is flags before the command of run", async () => {
    expect(await offered("run", "--git")).toEqual(["--github", "--gitlab", NO_FILES]);
  });

  test("has a summary of one line beside each command", async () => {
    const lines = (await complete("--", "")).text.trimEnd().split("\n").slice(0, -1);
    expect(lines.map((line) => line.split("\t")[0])).toEqual(
      "run wait show list start watch doctor fake complete help".split(" "),
    );
    for (const line of lines) expect(line).toMatch(/^[a-z-]+\t.{10,90}$/);
  });
});

describe("the script", () => {
  test.each(["bash", "zsh", "fish", "powershell"])(
    "for %s is printed, and asks the command",
    async (shell) => {
      const { code, text } = await complete(shell);
      expect(code).toBe(EXIT.ok);
      expect(text).toMatch(/bdrc-task/);
      expect(text).toMatch(/complete '?--/);
    },
  );

  test.each([[["tcsh"]], [[]]])("for %j is none: 2", async (words) => {
    const { code, out, err } = await bdrcTask(["complete", ...words]);
    expect([code, out]).toEqual([EXIT.usage, ""]);
    expect(err).toMatch(/Allowed choices are zsh, bash, fish, powershell|missing required argument 'shell'/);
  });

  test.each(["zsh", "fish"])("for %s registers itself with the shell", async (shell) => {
    const { text } = await complete(shell);
    expect(text).toContain(shell === "zsh" ? "compdef _bdrc-task bdrc-task" : "complete -c bdrc-task");
  });
});
