import { Token } from "../framework";
import type { IConstruct } from "constructs";
import { BdrcTaskError, errorText } from "./errors";
import { resourceTypeProblem } from "../protocol/resource-type";
import type { GatePlan } from "./gate-plan";

/** What a count has to be; all that is given has to hold. */
export interface CountRange {
  /** The least count, a whole number from 0. @default - none */
  readonly min?: number;
  /** The greatest count, a whole number from 0. @default - none */
  readonly max?: number;
  /** The one count, a whole number from 0; excludes `min` and `max`. @default - none */
  readonly exact?: number;
}

/** The key for the sum of all counts; no resource type has this name. */
export const TOTAL = "total";

/**
 * Checks requirements and gives them as conditions on a result. They speak only of a task that succeeded: what a
 * failed one found is not the whole.
 *
 * @throws BdrcTaskError that names the key, the value and what is allowed
 */
export function requirementConditions(
  scope: IConstruct,
  requirements: Readonly<Record<string, CountRange>>,
): GatePlan["requirements"] {
  if (typeof requirements !== "object" || requirements === null || Array.isArray(requirements)) {
    throw new BdrcTaskError(scope, `require is ${JSON.stringify(requirements)}.`, [
      ["Expected", 'an object such as { "ACS::OSS::Bucket": { min: 1 } }'],
    ]);
  }
  const all = Object.entries(requirements);
  all.forEach(([key, range]) => check(scope, key, range));
  return (result) =>
    all.flatMap(([key, range]) => {
      const found = key === TOTAL ? totalIn(result) : countIn(result, JSON.stringify(key));
      const whose = key === TOTAL ? ALL_RESOURCES : key;
      return COMPARISONS.flatMap(({ limit, operator, words }) => {
        const value = range[limit];
        if (value === undefined) return [];
        return [
          {
            condition: `${unlessSucceeded(result)} || try(${found} ${operator} ${value}, false)`,
            errorMessage: unmet(whose, `${words} ${value}`, `\${try(${found}, "nothing")}`, scope.node.path),
          },
        ];
      });
    });
}

/**
 * The same for requirements that only Terraform knows: one condition for each limit, which all types have to hold.
 *
 * @param requirements an expression for a map from resource type, or `total`, to `min`, `max` and `exact`, null where
 *   nothing is asked for
 * @param owner what the text names
 */
export function requirementsOf(requirements: string, owner: string): GatePlan["requirements"] {
  return (result) =>
    COMPARISONS.map(({ limit, operator, words }) => {
      const found = `(key == "${TOTAL}" ? ${totalIn(result)} : ${countIn(result, "key")})`;
      const each = `for key, range in ${requirements}`;
      const holds = `range.${limit} == null ? true : try(${found} ${operator} range.${limit}, false)`;
      const text = JSON.stringify(unmet("%s", `${words} %s`, "%s", owner));
      const values = `key == "${TOTAL}" ? "${ALL_RESOURCES}" : key, range.${limit}, try(tostring(${found}), "nothing")`;
      const texts = `[${each} : format(${text}, ${values}) if !(${holds})]`;
      return {
        condition: `${unlessSucceeded(result)} || alltrue([${each} : ${holds}])`,
        errorMessage: `\${join("\\n\\n", ${texts})}`,
      };
    });
}

/** What a count is held to, in the order in which it is said. */
const COMPARISONS = [
  { limit: "exact", operator: "==", words: "exactly" },
  { limit: "min", operator: ">=", words: "at least" },
  { limit: "max", operator: "<=", words: "at most" },
] as const;

const ALL_RESOURCES = "resources in all";
const totalIn = (result: string): string => `tonumber(${result}.total_count)`;
const countIn = (result: string, key: string): string =>
  `lookup(jsondecode(${result}.resource_counts), ${key}, 0)`;
const unlessSucceeded = (result: string): string => `lookup(${result}, "problem", "?") != ""`;

function unmet(whose: string, wanted: string, found: string, owner: string): string {
  return errorText("REQUIREMENT", `The result does not meet what is required of ${whose}.`, [
    ["Wanted", wanted],
    ["Found", found],
    ["Next", `see \`require\` of ${owner}`],
  ]);
}

function check(scope: IConstruct, key: string, range: CountRange): void {
  const refuse = (what: string, expected: string): never => {
    throw new BdrcTaskError(scope, what, [["Expected", expected]]);
  };
  if (key !== TOTAL && resourceTypeProblem(key) !== undefined) {
    refuse(
      `require names ${JSON.stringify(key)}, which is no resource type.`,
      'a type such as "ACS::OSS::Bucket", or "total"',
    );
  }
  const entries: [string, unknown][] =
    typeof range === "object" && range !== null ? Object.entries(range) : [];
  const bad = entries.find(([name, value]) => !["min", "max", "exact"].includes(name) || !isCount(value));
  if (bad) {
    const value = Token.isUnresolved(bad[1]) ? "a token" : (JSON.stringify(bad[1]) ?? "nothing");
    refuse(`require of ${key} has ${bad[0]}: ${value}.`, "min, max or exact, each a whole number from 0");
  }
  if (entries.length === 0) refuse(`require of ${key} asks for nothing.`, "min, max or exact");
  const { min, max, exact } = range;
  if (exact !== undefined && entries.length > 1)
    refuse(`require of ${key} has exact and more.`, "exact alone, or min and max");
  if (min !== undefined && max !== undefined && min > max) {
    refuse(`require of ${key} has min ${min} over max ${max}.`, "min not greater than max");
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
