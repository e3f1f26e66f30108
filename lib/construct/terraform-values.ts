import type { IConstruct } from "constructs";
import { BdrcTaskError } from "../graph/errors";

/*
 * Maps and lists whose members only Terraform knows. For the program they are one token, and JavaScript answers what is
 * asked of them without a word: a count that is undefined is dropped by cdktf, and there would be one resource for ever.
 * What cdktf itself asks, and what it refuses by itself, goes through.
 */

/**
 * A map that throws as soon as one of its members is asked for.
 *
 * @param isMember whether a name can be that of a member; nothing else is asked about
 * @param instead the line to write, for a name in quotes
 * @throws BdrcTaskError when a member is asked for, with the line to write
 */
export function unreadableMap<T>(
  owner: IConstruct,
  map: { [name: string]: T },
  isMember: (name: string) => boolean,
  instead: (name: string) => string,
): { [name: string]: T } {
  const check = (target: object, key: string | symbol): void => {
    if (typeof key === "symbol" || !isMember(key) || Object.hasOwn(target, key)) return;
    const name = JSON.stringify(key);
    throw new BdrcTaskError(owner, `${name} cannot be read from this map while the program runs.`, [
      ["Reason", "its members are known only when Terraform plans"],
      ["Next", `write ${instead(name)}`],
    ]);
  };
  return new Proxy(map, {
    get(target, key, receiver) {
      check(target, key);
      return Reflect.get(target, key, receiver) as unknown;
    },
    has(target, key) {
      check(target, key);
      return Reflect.has(target, key);
    },
  });
}

/** What can be asked of a list that has an answer in Terraform only, and how it is asked there. */
const QUESTIONS: Readonly<Record<string, (list: string) => string>> = {
  includes: (list) => `Fn.contains(${list}, …)`,
  indexOf: (list) => `Fn.index(${list}, …)`,
  lastIndexOf: (list) => `Fn.index(${list}, …)`,
  at: (list) => `Fn.element(${list}, …)`,
};

/**
 * A list that throws when it is asked what it holds. Its length stays 1, by which cdktf knows a token.
 *
 * @param name of the list, for the line to write
 * @throws BdrcTaskError when it is asked, with the line to write
 */
export function unreadableList(owner: IConstruct, list: string[], name: string): string[] {
  const refuse = (asked: string, instead: string): never => {
    throw new BdrcTaskError(owner, `${asked} has no answer while the program runs.`, [
      ["Reason", "the list is known only when Terraform plans"],
      ["Next", `write ${instead}; its length is Fn.lengthOf(${name})`],
    ]);
  };
  return new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === "string") {
        if (/^[1-9]\d*$/.test(key)) refuse(`${name}[${key}]`, `Fn.element(${name}, ${key})`);
        const question = Object.hasOwn(QUESTIONS, key) ? QUESTIONS[key] : undefined;
        if (question) return () => refuse(`${name}.${key}(…)`, question(name));
      }
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

/**
 * The counts of a result by resource type. Names that cannot be a type are refused, too: a misspelt one is no less
 * undefined.
 */
export function unreadableCounts(
  owner: IConstruct,
  counts: { [resourceType: string]: number },
): { [resourceType: string]: number } {
  return unreadableMap(
    owner,
    counts,
    (name) => /^[A-Z]|:|^total$/.test(name),
    (name) => (name === '"total"' ? "totalCount" : `count(${name})`),
  );
}
