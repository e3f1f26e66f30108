import { ENVIRONMENT } from "../protocol/environment";
import { DEFAULT_LOOKS_PER_SECOND } from "../protocol/query";
import { endpointOfRegion, parseEndpoint, regionProblem, type Endpoint } from "../protocol/endpoint";
import { BdrcClient, type Operation } from "../waiter/bdrc/client";
import { credentialSource, type CredentialSource } from "../waiter/bdrc/credentials";
import type { HttpAnswer } from "../waiter/bdrc/transport";
import { Limiter } from "../waiter/limiter";
import type { Connection } from "../waiter/run";
import { EXPECTED_LIMIT, limitFrom, machineTurns, type MachineTurns } from "../waiter/turns/machine-turns";
import { clockOf, type Terminal } from "./terminal";
import { CliError } from "./text";

/** The variables that say where BDRC is, when no flag does; an app of this package reads the same. */
export const PLACE_VARIABLES = { region: "BDRC_REGION", endpoint: "BDRC_ENDPOINT" } as const;

/** The flags that every command has which asks the API. */
export interface PlaceFlags {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
}

/** An endpoint, and who named it. */
export interface Place {
  readonly endpoint: Endpoint;
  /** `--region cn-shanghai`, `BDRC_ENDPOINT`, … */
  readonly from: string;
}

/**
 * Where to ask: a flag before a variable, an endpoint before a region.
 *
 * @throws CliError when nothing says it, or what says it is wrong
 */
export function readPlace(flags: PlaceFlags, environment: NodeJS.ProcessEnv): Place {
  if (flags.endpoint !== undefined) return atEndpoint(flags.endpoint, "--endpoint");
  if (flags.region !== undefined) return inRegion(flags.region, "--region");
  const endpoint = environment[PLACE_VARIABLES.endpoint]?.trim();
  if (endpoint) return atEndpoint(endpoint, PLACE_VARIABLES.endpoint);
  const region = environment[PLACE_VARIABLES.region]?.trim();
  if (region) return inRegion(region, PLACE_VARIABLES.region);
  throw new CliError(
    "Nothing says where BDRC is.",
    [
      [
        "Expected",
        `--region or ${PLACE_VARIABLES.region}, such as cn-shanghai; or --endpoint or ${PLACE_VARIABLES.endpoint}`,
      ],
      ["Regions", "cn-shanghai, ap-southeast-1 and cn-shanghai-finance-1 are the documented ones"],
    ],
    "BAD_INPUT",
  );
}

function inRegion(region: string, from: string): Place {
  const problem = regionProblem(region);
  if (problem)
    throw wrong(from, region, problem, `${from === "--region" ? "--region " : "BDRC_REGION="}cn-shanghai`);
  return { endpoint: endpointOfRegion(region), from: `${from} ${region}` };
}

function atEndpoint(text: string, from: string): Place {
  const read = parseEndpoint(text);
  if ("problem" in read)
    throw wrong(from, text, read.problem, "bdrc.cn-shanghai.aliyuncs.com, or http://127.0.0.1:8080");
  return { endpoint: read.endpoint, from };
}

function wrong(from: string, value: string, problem: string, example: string): CliError {
  // What stands before an "@" can be a password.
  const shown = JSON.stringify(value.replace(/^.*@/s, "(hidden)@").slice(0, 120));
  return new CliError(`${from} is ${shown}: ${problem}.`, [["Example", example]], "BAD_INPUT");
}

/** A client whose calls share one limiter, and which keeps the last answer for whoever wants to see all of it. */
export class PacedClient extends BdrcClient {
  /** The last whole answer; undefined before the first. */
  last: HttpAnswer | undefined;

  constructor(
    endpoint: Endpoint,
    source: CredentialSource,
    private readonly limiter: Limiter,
  ) {
    super(endpoint, source);
  }

  override async call(operation: Operation, limit: number): Promise<HttpAnswer> {
    await this.limiter.take();
    this.last = undefined;
    return (this.last = await super.call(operation, limit));
  }
}

/** A way to the API, as a command uses it. */
export interface CliConnection extends Connection {
  readonly client: PacedClient;
  readonly place: Place;
  /** The turns to look that it shares with the waits of this user on this machine. */
  readonly turns: MachineTurns;
}

/** Opens the way to the API that flags and environment name. @throws CliError as {@link readPlace} does */
export function openConnection(flags: PlaceFlags, terminal: Terminal): CliConnection {
  const place = readPlace(flags, terminal.environment);
  const source = credentialSource(terminal.environment, flags.profile);
  const clock = clockOf(terminal);
  const turns = machineTurns(readLimit(terminal.environment), clock);
  const limiter = new Limiter(turns.fromEnvironment ?? DEFAULT_LOOKS_PER_SECOND, clock);
  return { client: new PacedClient(place.endpoint, source, limiter), source, place, turns };
}

function readLimit(environment: NodeJS.ProcessEnv): number | undefined {
  const limit = limitFrom(environment);
  if (limit !== "wrong") return limit;
  const name = ENVIRONMENT.looksPerSecond;
  const shown = JSON.stringify(environment[name]?.slice(0, 120));
  throw new CliError(`${name} is ${shown}.`, [["Expected", EXPECTED_LIMIT]], "BAD_INPUT");
}
