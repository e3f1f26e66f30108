import { type Outside, thisMachine } from "../testing/provider-choice";
import { findTerraform, type TerraformBinary } from "../testing/terraform-binary";
import { addressesOf } from "../waiter/bdrc/resolve";
import { privateFolder } from "../waiter/private-folder";
import { startOwnCommand, type OwnCommand } from "./own-command";

/** What to do with signals. */
export interface SignalHandlers {
  /** Told of a signal that would end the process. */
  readonly onSignal: (signal: NodeJS.Signals) => void;
  /** Told before the process is stopped, as by Ctrl-Z. */
  readonly onStop: () => void;
}

/** What commands ask of the machine they run on, besides the environment. */
export interface Machine {
  /** Such as v20.20.2. */
  readonly nodeVersion: string;
  /** @throws Error with a text for the user when there is no Terraform, or an old one */
  findTerraform(environment: NodeJS.ProcessEnv): TerraformBinary;
  /** How the provider's source is decided; see lib/testing/provider-choice. */
  readonly outside: Outside;
  /** The addresses of a name. @throws Error with Node's code when DNS gives none */
  resolve(name: string): Promise<readonly string[]>;
  /** Where waiters write their events when nothing names another place. @throws Error when it is not private */
  privateFolder(): string;
  /** Starts a command that has this process's terminal. */
  startCommand(argv: readonly string[], environment: NodeJS.ProcessEnv, folder: string): OwnCommand;
  /**
   * From now on signals end nothing here, and neither does a terminal that was closed.
   *
   * @returns ends this
   */
  takeSignals(handlers: SignalHandlers): () => void;
  /** The process that this one is a child of now; another one once the first has ended. */
  parentId(): number;
}

/** This machine. */
export const systemMachine: Machine = {
  nodeVersion: process.version,
  findTerraform: (environment) => findTerraform(environment),
  outside: thisMachine(),
  resolve: async (name) => (await addressesOf(name)).map(({ address }) => address),
  privateFolder,
  startCommand: startOwnCommand,
  takeSignals,
  parentId: () => process.ppid,
};

/** Signals that would end this process. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

function takeSignals({ onSignal, onStop }: SignalHandlers): () => void {
  const stop = (): void => {
    onStop();
    process.kill(process.pid, "SIGSTOP");
  };
  const taken: [NodeJS.EventEmitter, string, (signal: NodeJS.Signals) => void][] = [
    ...ENDING.map((signal) => [process, signal, onSignal] as (typeof taken)[number]),
    ...(process.platform === "win32" ? [] : [[process, "SIGTSTP", stop] as (typeof taken)[number]]),
    [process.stdout, "error", () => undefined],
    [process.stderr, "error", () => undefined],
  ];
  const restore = taken.map(([emitter, name, handler]) => {
    const before = emitter.listeners(name) as ((signal: NodeJS.Signals) => void)[];
    emitter.removeAllListeners(name);
    emitter.on(name, handler);
    return () => {
      emitter.removeAllListeners(name);
      before.forEach((listener) => emitter.on(name, listener));
    };
  });
  return () => restore.forEach((give) => give());
}
