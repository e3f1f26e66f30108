import { isIP } from "node:net";
import { isLoopback } from "../protocol/endpoint";
import { engines } from "../../package.json";
import { decideProvider } from "../testing/provider-choice";
import { faultOfError } from "../waiter/bdrc/look";
import { describeTask, getProtectionPolicy, type Operation } from "../waiter/bdrc/client";
import { COMMAND_LIMIT, CredentialsError, type CredentialSource } from "../waiter/bdrc/credentials";
import { unreadVariables } from "../waiter/bdrc/key-variables";
import type { Environment } from "../waiter/bdrc/keys";
import { agentFor } from "../waiter/bdrc/proxy";
import { request, TransportError } from "../waiter/bdrc/transport";
import type { Clock } from "../waiter/clock";
import { callApi } from "../waiter/bdrc/call";
import { adviceOn, isDenied } from "../waiter/advice";
import type { Fault } from "../waiter/failure";
import type { CliConnection } from "./connection";
import type { Machine } from "./machine";
import { shortDuration } from "./time";

/** What one check found. */
export interface Finding {
  /** `skipped`: it could not be made, and says nothing. */
  readonly state: "ok" | "problem" | "skipped";
  /** What was seen. */
  readonly detail: string;
  /** What to do; given with every problem. */
  readonly advice?: string;
  /** Further lines on what was seen. */
  readonly more?: readonly string[];
}

/** How far a clock may be off before it is a problem, in milliseconds; BDRC refuses at 15 minutes. */
const MOST_SKEW = 5 * 60_000;
/** A task id that no task has, to learn whether tasks may be asked for. */
const NO_TASK = "t-00000000000000000000";
/** A protection policy id that no policy has. */
const NO_POLICY = "p-00000000000000000000";

const ok = (detail: string): Finding => ({ state: "ok", detail });
const problem = (detail: string, advice: string): Finding => ({ state: "problem", detail, advice });
const skipped = (detail: string): Finding => ({ state: "skipped", detail });

/** Whether this Node is new enough. */
export function checkNode(machine: Machine): Finding {
  const [least = "", found = ""] = [engines.node.replace(/^>=/, ""), machine.nodeVersion.replace(/^v/, "")];
  if (isAtLeast(found, least)) return ok(`${machine.nodeVersion} (${least} or newer is needed)`);
  return problem(machine.nodeVersion, `install Node.js ${least} or newer`);
}

function isAtLeast(version: string, least: string): boolean {
  const [a = [], b = []] = [version, least].map((text) => text.split(".").map(Number));
  const difference = [0, 1, 2].map((part) => (a[part] ?? 0) - (b[part] ?? 0)).find((part) => part !== 0);
  return (difference ?? 0) >= 0;
}

/** Whether there is a Terraform or OpenTofu, and which of them; its command goes into the check of the provider. */
export function checkTerraform(
  machine: Machine,
  environment: NodeJS.ProcessEnv,
): { readonly name: string; readonly finding: Finding; readonly command?: string } {
  try {
    const { product, version, command } = machine.findTerraform(environment);
    return { name: product, finding: ok(`${version} (${command})`), command };
  } catch (error) {
    const [first = "", ...rest] = (error instanceof Error ? error.message : String(error)).split("\n");
    const facts = rest
      .map((line) => line.trim().replace(/^(Expected|Next): +/, ""))
      .filter((line) => line !== "");
    return { name: "Terraform", finding: problem(first, facts.at(-1) ?? "install Terraform or OpenTofu") };
  }
}

/** Where Terraform would take hashicorp/external from. */
export async function checkProvider(
  machine: Machine,
  environment: NodeJS.ProcessEnv,
  command: string | undefined,
): Promise<Finding> {
  if (command === undefined) return skipped("there is no Terraform to ask for");
  try {
    const decision = await decideProvider(command, environment, machine.outside);
    if (decision.kind !== "offline") return ok(decision.sentence);
    return problem(
      "the provider registry does not answer, and no mirror of hashicorp/external is configured",
      `open the way to the registry, or make a mirror with \`${command} providers mirror\` and name it in the CLI configuration`,
    );
  } catch (error) {
    return problem(
      error instanceof Error ? error.message : String(error),
      "correct the variable, or unset it",
    );
  }
}

/**
 * Whether credentials are found: where, and the masked key id; never a secret.
 *
 * @param environment what it holds for other programs, and is not read here, is said as well; none with a profile
 */
export async function checkCredentials(source: CredentialSource, environment: Environment): Promise<Finding> {
  try {
    const { accessKeyId, providerName, securityToken } = await source.current(COMMAND_LIMIT);
    const kind = securityToken ? "temporary key" : "key";
    const from = providerName === "default/env" ? "the environment" : providerName.replace(/^default\//, "");
    const unread = unreadVariables(environment);
    return {
      ...ok(`${kind} ${masked(accessKeyId)} from ${from}`),
      ...(unread.length > 0 ? { more: unread } : {}),
    };
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    return { ...problem(error.message, error.advice), more: error.tried };
  }
}

/** A key id of which only the ends are seen. */
export function masked(accessKeyId: string): string {
  return accessKeyId.length >= 12
    ? `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`
    : `${accessKeyId.slice(0, 2)}…`;
}

/** Whether DNS knows the endpoint. */
export async function checkDns(machine: Machine, { place }: CliConnection): Promise<Finding> {
  const { hostname } = new URL(urlOf(place.endpoint));
  if (isLoopback(hostname) || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0)
    return skipped(`${hostname} needs none`);
  try {
    if (agentFor(new URL(urlOf(place.endpoint))).via !== undefined)
      return skipped("the proxy resolves names");
  } catch {
    // The connection says what is wrong with the proxy.
  }
  try {
    return ok(`${hostname} is ${(await machine.resolve(hostname)).join(", ")}`);
  } catch (error) {
    const { code = "no answer" } = error as NodeJS.ErrnoException;
    return problem(
      `${hostname} has no address (${code})`,
      "check the region or the endpoint, and this machine's DNS; BDRC is documented in cn-shanghai, ap-southeast-1 and cn-shanghai-finance-1",
    );
  }
}

/** Whether the endpoint answers at all, directly or through a proxy, and what its clock says. */
export async function checkConnection({
  place,
}: CliConnection): Promise<{ readonly finding: Finding; readonly date?: string }> {
  const url = urlOf(place.endpoint);
  const begin = performance.now();
  try {
    const { via } = agentFor(new URL(url));
    const { headers } = await request(`${url}/`, { method: "GET" });
    const took = `${Math.round(performance.now() - begin)} ms`;
    const how = place.endpoint.protocol === "https" ? "TLS verified" : "plain http";
    const way = via === undefined ? "direct" : `through the proxy ${via}`;
    const date = headers["date"];
    return {
      finding: ok(`${place.endpoint.host} answered in ${took}, ${how}, ${way}`),
      ...(date === undefined ? {} : { date }),
    };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { finding: problem(error.message, adviceFor(faultOfError(error, false), "DescribeTask")) };
  }
}

/** How far this machine's clock is from the server's. @param date the header Date of an answer that has just come */
export function checkClock(date: string | undefined, clock: Clock): Finding {
  const server = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(server)) return skipped("no answer told the server's time");
  const ahead = clock.date() - server;
  const detail =
    Math.abs(ahead) < 2000
      ? "the same as the server's"
      : `${shortDuration(Math.abs(ahead))} ${ahead < 0 ? "behind" : "ahead of"} the server`;
  if (Math.abs(ahead) <= MOST_SKEW) return ok(detail);
  return problem(detail, "set this machine's clock; BDRC refuses calls from 15 minutes of difference on");
}

/** Whether BDRC is opened for the account. */
export async function checkService(connection: CliConnection, clock: Clock): Promise<Finding> {
  const operation: Operation = { action: "GetBdrcService", method: "GET", path: "/api/v1/service" };
  const { document, fault } = await callApi(connection, operation, clock);
  if (fault) {
    const detail = connection.client.redact(fault.message);
    // The gate works without this permission.
    if (isDenied(fault)) return skipped(`${detail}: bdrc:GetBdrcService is needed only to see this`);
    return problem(detail, adviceFor(fault, "GetBdrcService"));
  }
  const { ServiceStatus: status, ServiceInitializeStatus: initialized } = (document.get("Data") ?? {}) as {
    ServiceStatus?: unknown;
    ServiceInitializeStatus?: unknown;
  };
  const said = [status, initialized].filter(
    (word): word is string => typeof word === "string" && word !== "",
  );
  if (status === "OPENED") return ok(said.join(", "));
  return problem(said.join(", ") || "the answer does not say", "open BDRC in the console of Alibaba Cloud");
}

/** Whether tasks may be read: a task that no one has must be "not found", and not "forbidden". */
export async function checkPermission(connection: CliConnection, clock: Clock): Promise<Finding> {
  const { fault } = await callApi(connection, describeTask(NO_TASK), clock);
  if (!fault || fault.class === "missing") return ok("bdrc:DescribeTask is granted");
  return problem(connection.client.redact(fault.message), adviceFor(fault, "DescribeTask"));
}

/** Whether tasks may be listed, which finding, reusing and starting need; a wait for an id does not. */
export async function checkListing(connection: CliConnection, clock: Clock): Promise<Finding> {
  const query = { MaxResults: "10" };
  const operation: Operation = { action: "DescribeTasks", method: "GET", path: "/api/v1/tasks", query };
  return optional(connection, operation, "find, reuse, start and bdrc-task list", clock);
}

/** Whether protection policies may be read: one that no one has must be "not found", and not "forbidden". */
export async function checkPolicies(connection: CliConnection, clock: Clock): Promise<Finding> {
  return optional(connection, getProtectionPolicy(NO_POLICY), "FindTask.ofProtectionPolicy", clock);
}

/** What only some features need; the gate works without it. */
async function optional(
  connection: CliConnection,
  operation: Operation,
  features: string,
  clock: Clock,
): Promise<Finding> {
  const { fault } = await callApi(connection, operation, clock);
  const action = `bdrc:${operation.action}`;
  if (!fault || fault.class === "missing") return ok(`${action} is granted`);
  const detail = connection.client.redact(fault.message);
  const denied = /^(Forbidden|NoPermission)/.test(fault.code ?? "");
  if (denied) return skipped(`${detail}: ${action} is needed only for ${features}`);
  return problem(detail, adviceFor(fault, operation.action));
}

/** What to do about a call that failed. */
function adviceFor(fault: Fault, action: string): string {
  return adviceOn(fault, { by: "doctor", action });
}

function urlOf({ protocol, host }: CliConnection["place"]["endpoint"]): string {
  return `${protocol}://${host}`;
}
