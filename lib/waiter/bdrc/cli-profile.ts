import { jsonObject } from "./json-object";
import { readCredentialFile } from "./credential-file";
import { SourceProblem } from "./source-problem";

/** One profile of the aliyun CLI: its members, of whatever type they are in the file. */
export class CliProfile {
  constructor(
    readonly name: string,
    private readonly members: ReadonlyMap<string, unknown>,
    private readonly others: (name: string) => CliProfile,
  ) {}

  /** A member that is a text; undefined when it is absent or empty. @throws SourceProblem when it is no text */
  text(member: string): string | undefined {
    const value = this.members.get(member);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    throw new SourceProblem(`${member} is not a text`);
  }

  /** A member that has to be there. @throws SourceProblem when it is not */
  required(member: string): string {
    const value = this.text(member);
    if (value === undefined) throw new SourceProblem(`${member} is missing`);
    return value;
  }

  /** A member that is a whole number over 0; undefined for anything else. */
  number(member: string): number | undefined {
    const value = Number(this.members.get(member));
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  }

  /** Whether a member is true. */
  flag(member: string): boolean {
    return this.members.get(member) === true;
  }

  /** The profile that a member names, of the same file. @throws SourceProblem when there is none */
  other(member: string): CliProfile {
    return this.others(this.required(member));
  }
}

/**
 * Reads a profile of a file of the form of `~/.aliyun/config.json`.
 *
 * @param name the profile; empty for the current one
 * @throws SourceProblem that says what is wrong with the file; the names of its profiles are no secret
 */
export function readCliProfile(path: string, name: string): CliProfile {
  const document = jsonObject(readCredentialFile(path));
  if (!document) throw new SourceProblem("it is not a JSON object");
  const list = document.get("profiles");
  const profiles = new Map<string, ReadonlyMap<string, unknown>>();
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    if (typeof entry !== "object" || entry === null) continue;
    const members = new Map<string, unknown>(Object.entries(entry));
    const own = members.get("name");
    if (typeof own === "string" && !profiles.has(own)) profiles.set(own, members);
  }
  if (profiles.size === 0) throw new SourceProblem("it holds no profiles", true);
  const current = document.get("current");
  const wanted = name === "" ? (typeof current === "string" ? current : "default") : name;
  const find = (which: string): CliProfile => {
    const members = profiles.get(which);
    if (members) return new CliProfile(which, members, find);
    throw new SourceProblem(
      `there is no profile ${which}; there are ${[...profiles.keys()].join(", ")}`,
      true,
    );
  };
  return find(wanted);
}
