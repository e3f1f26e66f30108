import { Annotations, Token } from "../framework";
import type { IConstruct } from "constructs";
import type { Duration } from "./duration";
import { BdrcTaskError } from "../graph/errors";
import { ExposedFailure, FailureMode, GATE_PROPS, type GateProps, WaitAt } from "./gate-props";
import { ONLY_SUCCESS, type OpeningRules } from "../graph/conditions";
import type { GateQuery } from "../graph/gate-plan";
import { DEFAULT_PROGRAM } from "../graph/waiter-program";
import { DOCUMENTED_ENDPOINTS, parseEndpoint, regionProblem } from "../protocol/endpoint";
import { DEFAULT_MAX_OUTAGE_SECONDS, DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from "../protocol/query";

/**
 * Refuses props that do not exist: a key that somebody puts there by mistake would stand in plan and state.
 *
 * @param own names of props besides those of every gate
 * @throws BdrcTaskError that names the prop; its value is not shown
 */
export function checkNames(scope: IConstruct, props: unknown, own: readonly string[]): void {
  if (typeof props !== "object" || props === null) {
    throw new BdrcTaskError(scope, "There are no properties.", [
      ["Expected", `an object with ${own[0] ?? "taskId"} and regionId or endpoint`],
    ]);
  }
  const known = [...own, ...Object.keys(GATE_PROPS)];
  for (const name of Object.keys(props)) {
    if (known.includes(name)) continue;
    throw new BdrcTaskError(scope, `There is no property ${name}.`, [
      ["Expected", known.join(", ")],
      ["Note", "keys and secrets come from the environment only; a property would stand in plan and state"],
    ]);
  }
}

/**
 * Checks where and how long to wait, and gives the query that it means; tokens pass, the waiter checks their values.
 *
 * @throws BdrcTaskError that names the prop, its value and what is allowed
 */
export function queryOf(scope: IConstruct, props: GateProps): GateQuery {
  const { regionId, endpoint, profile } = props;
  if ((regionId === undefined) === (endpoint === undefined)) {
    const which =
      regionId === undefined ? "Neither regionId nor endpoint is" : "Both regionId and endpoint are";
    throw new BdrcTaskError(scope, `${which} given.`, [
      ["Expected", 'exactly one of them, such as regionId: "cn-shanghai"'],
    ]);
  }
  if (regionId !== undefined) {
    checkText(scope, "regionId", regionId, regionProblem, "a region such as cn-shanghai");
    if (!Token.isUnresolved(regionId) && !Object.hasOwn(DOCUMENTED_ENDPOINTS, regionId)) {
      Annotations.of(scope).addWarning(
        `BDRC is not documented in the region ${regionId}, only in ${Object.keys(DOCUMENTED_ENDPOINTS).join(", ")}.`,
      );
    }
  }
  if (endpoint !== undefined) {
    checkText(scope, "endpoint", endpoint, endpointProblem, "host[:port] or https://host[:port]");
  }
  if (profile !== undefined) {
    checkText(scope, "profile", profile, profileProblem, "a profile name of 1 to 128 characters");
  }
  return {
    ...(regionId === undefined ? {} : { region_id: regionId }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    timeout_seconds: seconds(scope, "timeout", props.timeout, DEFAULT_TIMEOUT_SECONDS),
    max_outage_seconds: seconds(scope, "maxOutage", props.maxOutage, DEFAULT_MAX_OUTAGE_SECONDS),
  };
}

/**
 * Checks what runs the waiter; a token passes.
 *
 * @throws BdrcTaskError that names the value and what is allowed
 */
export function programOf(scope: IConstruct, program: unknown = DEFAULT_PROGRAM): readonly string[] {
  const refuseProgram = (what: string): never => {
    throw new BdrcTaskError(scope, `program ${JSON.stringify(program)} cannot be used: ${what}.`, [
      ["Expected", 'a command and its arguments, such as ["/opt/node/bin/node"]'],
      ["Note", "it is Node.js; the waiter's file comes after what stands here"],
    ]);
  };
  if (Token.isUnresolved(program)) return program as string[];
  if (!Array.isArray(program)) return refuseProgram("it is not a list");
  if (program.length === 0) return refuseProgram("it is empty");
  // The provider drops an empty argument, and whatever came after it would be taken for another one.
  const bad = (program as unknown[]).findIndex((part) => typeof part !== "string" || part.trim() === "");
  return bad === -1 ? (program as string[]) : refuseProgram(`entry ${bad} is no text, or an empty one`);
}

/**
 * Checks the modes against each other.
 *
 * @throws BdrcTaskError that names the prop, its value and what is allowed
 */
export function modesOf(
  scope: IConstruct,
  props: GateProps,
): { readonly waitAt: WaitAt; readonly remember: boolean; readonly rules: OpeningRules } {
  const waitAt = oneOf(scope, "waitAt", "WaitAt", WaitAt, props.waitAt ?? WaitAt.PLAN);
  const remember = props.remember ?? true;
  checkBoolean(scope, "remember", remember);
  if (!remember && waitAt === WaitAt.APPLY) {
    throw new BdrcTaskError(scope, "remember: false does not go with WaitAt.APPLY.", [
      [
        "Reason",
        "a wait at apply is made once; a result that is not kept would be unknown to every later plan",
      ],
      ["Next", "wait at plan, or let the result be kept"],
    ]);
  }
  const mode = oneOf(scope, "onFailure", "FailureMode", FailureMode, props.onFailure ?? FailureMode.FAIL);
  const named: unknown = props.exposeAlso ?? [];
  const also = (Array.isArray(named) ? (named as unknown[]) : [named]).map((failure) =>
    oneOf(scope, "exposeAlso", "ExposedFailure", ExposedFailure, failure),
  );
  if (mode === FailureMode.FAIL) {
    if (also.length === 0) return { waitAt, remember, rules: ONLY_SUCCESS };
    throw new BdrcTaskError(
      scope,
      `exposeAlso names ${also.join(", ")}, but onFailure is not FailureMode.EXPOSE.`,
      [["Next", "set onFailure: FailureMode.EXPOSE, or leave exposeAlso out"]],
    );
  }
  const rules = {
    anyEnd: true,
    notFound: also.includes(ExposedFailure.NOT_FOUND),
    unreadable: also.includes(ExposedFailure.UNREADABLE),
    deadline: also.includes(ExposedFailure.DEADLINE),
  };
  return { waitAt, remember, rules };
}

/**
 * Checks one text; a token passes.
 *
 * @param problemOf says why a text cannot be used, or undefined when it can
 * @throws BdrcTaskError that names the prop, its value, why it cannot be used and what is allowed
 */
export function checkText(
  scope: IConstruct,
  name: string,
  value: unknown,
  problemOf: (text: string) => string | undefined,
  expected: string,
): void {
  if (Token.isUnresolved(value)) return;
  const problem = typeof value === "string" ? problemOf(value) : "it is not a text";
  if (problem === undefined) return;
  // What stands before an @ is a user name and a password.
  const clean = typeof value === "string" ? value.replace(/^.*@/s, "(hidden)@") : value;
  const shown = value === undefined ? "is missing and" : JSON.stringify(clean);
  throw new BdrcTaskError(scope, `${name} ${shown} cannot be used: ${problem}.`, [["Expected", expected]]);
}

/**
 * Checks a prop that is yes or no.
 *
 * @throws BdrcTaskError that names the prop and its value
 */
export function checkBoolean(scope: IConstruct, name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new BdrcTaskError(scope, `${name} is ${JSON.stringify(value)}.`, [["Expected", "true or false"]]);
}

function profileProblem(name: string): string | undefined {
  if (name.trim() === "") return "it is empty";
  if (name.length > 128) return `it has ${name.length} characters`;
  return /^\s|\s$|\p{Cc}/u.test(name)
    ? "it begins or ends with a blank, or holds a control character"
    : undefined;
}

function endpointProblem(text: string): string | undefined {
  const read = parseEndpoint(text);
  return "problem" in read ? read.problem : undefined;
}

function oneOf<T extends string>(
  scope: IConstruct,
  prop: string,
  name: string,
  values: Readonly<Record<string, T>>,
  value: unknown,
): T {
  const found = Object.values(values).find((known) => known === value);
  if (found !== undefined) return found;
  const expected = Object.keys(values).map((key) => `${name}.${key}`);
  throw new BdrcTaskError(scope, `${prop} is ${JSON.stringify(value)}.`, [
    ["Expected", expected.join(" or ")],
  ]);
}

function seconds(scope: IConstruct, name: string, value: Duration | undefined, otherwise: number): string {
  return value === undefined ? String(otherwise) : checkDuration(scope, name, value, MAX_TIMEOUT_SECONDS);
}

/**
 * Checks a length of time, and gives its seconds as a text.
 *
 * @param most the longest, in seconds, in whole hours
 * @throws BdrcTaskError that names the prop, its value and what is allowed
 */
export function checkDuration(scope: IConstruct, name: string, value: unknown, most: number): string {
  // Asked by what it can do: a second copy of this package would have another class.
  const isDuration = typeof value === "object" && value !== null && "toSeconds" in value;
  const length: unknown = isDuration ? (value as Duration).toSeconds() : undefined;
  if (typeof length === "number" && length > 0 && length <= most) return String(length);
  const expected =
    typeof value === "number"
      ? `a Duration, since a number has no unit: Duration.seconds(${String(value)}) or Duration.minutes(${String(value)})`
      : `more than 0 and at most ${most / 3600} hours, such as Duration.minutes(90)`;
  throw new BdrcTaskError(
    scope,
    `${name} is ${length === undefined ? JSON.stringify(value) : String(value)}.`,
    [["Expected", expected]],
  );
}
