import type { Command } from "commander";
import { credentialSource } from "../../waiter/bdrc/credentials";
import { openConnection, type CliConnection, type PlaceFlags } from "../connection";
import * as checks from "../doctor-checks";
import type { Finding } from "../doctor-checks";
import { EXIT, type ExitCode } from "../exit-code";
import { addJsonFlag, addNotes, addPlaceFlags, printJson, type CommandContext } from "../options";
import { clockOf, colorsOf, unlessInterrupted, type Terminal } from "../terminal";
import { printable } from "../../waiter/printable";
import { CliError } from "../text";

interface DoctorFlags extends PlaceFlags {
  readonly json?: boolean;
}

/** A check as `doctor --json` prints it. */
export interface Check extends Finding {
  readonly name: string;
}

/** Adds `doctor` to the program. */
export function defineDoctor(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("doctor")
    .summary("check everything that a wait under Terraform needs")
    .description(
      "Checks Node.js, Terraform, the provider, credentials, the way to the endpoint, the clock, the service and the " +
        "permission, one line each, and says what to do. Starts and changes nothing.",
    );
  addJsonFlag(addPlaceFlags(command), "the checks");
  addNotes(
    command,
    [
      "bdrc-task doctor --region cn-shanghai",
      "bdrc-task doctor --json | jq '.checks[] | select(.state == \"problem\")'",
    ],
    ["0  no problem was found", "1  a problem was found", "2  the command line is wrong", "130  interrupted"],
  );
  command.action(async (flags: DoctorFlags) =>
    end(await unlessInterrupted(terminal, doctor(flags, terminal))),
  );
}

async function doctor(flags: DoctorFlags, terminal: Terminal): Promise<ExitCode> {
  const found: Check[] = [];
  const say = (name: string, finding: Finding): Finding => {
    const check = { name, ...finding };
    found.push(check);
    if (!flags.json) terminal.stdout.write(`${checkLines(check, colorsOf(terminal, terminal.stdout))}\n`);
    return finding;
  };
  const { machine, environment } = terminal;
  say("Node.js", checks.checkNode(machine));
  const terraform = checks.checkTerraform(machine, environment);
  say(terraform.name, terraform.finding);
  say("Provider", await checks.checkProvider(machine, environment, terraform.command));
  const place = placeOf(flags, terminal);
  say("Place", place.finding);
  // With a profile no variable says who asks.
  const read = flags.profile ? {} : environment;
  if (place.connection) await checkApi(place.connection, say, terminal, read);
  else {
    say("Credentials", await checks.checkCredentials(credentialSource(environment, flags.profile), read));
    for (const name of API_CHECKS) say(name, { state: "skipped", detail: "no place to ask" });
  }

  const problems = found.filter(({ state }) => state === "problem").length;
  if (flags.json) printJson(terminal, { ok: problems === 0, checks: found });
  else terminal.stdout.write(`\n${summary(problems)}\n`);
  return problems === 0 ? EXIT.ok : EXIT.failed;
}

const API_CHECKS = ["DNS", "Connection", "Clock", "Service", "Permission"];

function placeOf(flags: DoctorFlags, terminal: Terminal): { finding: Finding; connection?: CliConnection } {
  try {
    const connection = openConnection(flags, terminal);
    const { endpoint, from } = connection.place;
    return { finding: { state: "ok", detail: `${endpoint.host} (${from})` }, connection };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const [, advice = "set --region"] = error.facts[0] ?? [];
    return { finding: { state: "problem", detail: error.message, advice: `give ${advice}` } };
  }
}

async function checkApi(
  connection: CliConnection,
  say: (name: string, finding: Finding) => Finding,
  terminal: Terminal,
  read: NodeJS.ProcessEnv,
): Promise<void> {
  const clock = clockOf(terminal);
  const credentials = say("Credentials", await checks.checkCredentials(connection.source, read));
  say("DNS", await checks.checkDns(terminal.machine, connection));
  const { finding: way, date } = await checks.checkConnection(connection);
  say("Connection", way);
  say("Clock", checks.checkClock(date, clock));
  if (credentials.state !== "ok" || way.state !== "ok") {
    const detail = `needs ${credentials.state !== "ok" ? "credentials" : "a connection"}`;
    for (const name of ["Service", "Permission", "Listing", "Policies"])
      say(name, { state: "skipped", detail });
    return;
  }
  say("Service", await checks.checkService(connection, clock));
  say("Permission", await checks.checkPermission(connection, clock));
  say("Listing", await checks.checkListing(connection, clock));
  say("Policies", await checks.checkPolicies(connection, clock));
}

/** The lines of one check: its state, its name, what was seen, and below what to do. */
export function checkLines(check: Check, colors: ReturnType<typeof colorsOf>): string {
  const paint = { ok: colors.green, problem: colors.red, skipped: colors.dim }[check.state];
  const below = (mark: string, text: string): string => `${" ".repeat(9)}${mark} ${printable(text)}`;
  return [
    `${paint(check.state.padEnd(7))}  ${check.name.padEnd(11)}  ${printable(check.detail)}`,
    ...(check.more ?? []).map((text) => below("·", text)),
    ...(check.advice === undefined ? [] : [below("→", check.advice)]),
  ].join("\n");
}

function summary(problems: number): string {
  if (problems === 0) return "No problem was found.";
  return problems === 1 ? "One problem was found." : `${problems} problems were found.`;
}
