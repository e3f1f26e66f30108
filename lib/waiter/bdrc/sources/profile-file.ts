import * as ini from "ini";
import { kindOf } from "../keys";
import { readCredentialFile } from "./credential-file";
import type { Profile } from "./profile";
import { passing, type SourceProblem, wrong } from "./source";

/** The profiles of one file. */
export interface ProfileFile {
  /** The name of the profile that counts when none is named; only files of the CLI have one. */
  readonly current?: string;
  /** @throws SourceProblem when there is none of this name */
  get(name: string): Profile;
}

/** What the credentials file of the SDK calls things, and the CLI's name for the same. */
const INI_MODES: Readonly<Record<string, string>> = {
  access_key: "AK",
  sts: "StsToken",
  ecs_ram_role: "EcsRamRole",
  ram_role_arn: "RamRoleArn",
};
const INI_KEYS: Readonly<Record<string, string>> = {
  role_arn: "ram_role_arn",
  role_session_name: "ram_session_name",
  role_name: "ram_role_name",
  security_token: "sts_token",
};

/**
 * Reads a file of profiles, and never writes one: JSON as the CLI keeps it, or sections as the SDKs read them.
 *
 * Both forms are taken in either place, since the alicloud provider reads JSON where the SDKs read sections.
 *
 * @throws SourceProblem that says what is wrong with the file, and quotes nothing of it
 */
export async function readProfileFile(file: string): Promise<ProfileFile> {
  const text = await readCredentialFile(file);
  return /^\s*(\{|$)/.test(text) ? fromJson(text) : fromSections(text);
}

function fromJson(text: string): ProfileFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The CLI and other programs rewrite it in place, so a part of it may be all there is at this moment.
    throw passing(text.trim() === "" ? "empty" : "no whole JSON");
  }
  const whole = mapOf(document);
  const list = whole.get("profiles");
  if (!Array.isArray(list)) throw wrong(`profiles is ${said(list)}, where a list belongs`);
  const current = whole.get("current");
  const profiles = list.map((item) => mapOf(item));
  return {
    ...(typeof current === "string" ? { current } : {}),
    get: (name) => {
      const found = profiles.find((profile) => profile.get("name") === name);
      if (found) return found;
      throw unknownProfile(
        profiles.filter((profile) => isText(profile.get("mode"))).map((profile) => profile.get("name")),
      );
    },
  };
}

function fromSections(text: string): ProfileFile {
  const sections = mapOf(ini.parse(text));
  return {
    get: (name) => {
      const section = sections.get(name);
      if (typeof section !== "object" || section === null)
        throw unknownProfile(
          // A line that stands in no section is no name, and may be anything.
          [...sections].filter(([, held]) => mapOf(held).has("type")).map(([title]) => title),
        );
      const found = mapOf(section);
      const type = found.get("type");
      if (type === undefined) throw wrong("its type is absent");
      const mode = typeof type === "string" && Object.hasOwn(INI_MODES, type) ? INI_MODES[type] : undefined;
      if (mode === undefined) {
        throw wrong(`its type is not supported; supported are ${Object.keys(INI_MODES).join(", ")}`);
      }
      const renamed = [...found].map(([key, value]) => [
        Object.hasOwn(INI_KEYS, key) ? (INI_KEYS[key] ?? key) : key,
        value,
      ]);
      return new Map([...(renamed as [string, unknown][]), ["mode", mode]]);
    },
  };
}

/** What is told as a name; anything else in its place is none. */
const PLAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.@-]{0,63}$/u;
/** How many profiles of a file are named to whoever asked for another one. */
const MOST_NAMES = 10;

/** That a file has no profile of a name, and which it has; their names are all that is told of it. */
function unknownProfile(held: readonly unknown[]): SourceProblem {
  const names = held.filter((name) => isText(name) && PLAIN_NAME.test(name));
  const shown = names.slice(0, MOST_NAMES);
  const rest = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return wrong(`not in the file, which has ${shown.join(", ") || "none"}${rest}`);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The own entries of what should be an object; empty when it is none. */
function mapOf(value: unknown): Map<string, unknown> {
  return new Map(
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [],
  );
}

function said(value: unknown): string {
  return value === undefined ? "absent" : kindOf(value);
}
