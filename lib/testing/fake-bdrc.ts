import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordedCall } from "./fake-bdrc/call";
import type { Fault } from "./fake-bdrc/fault";
import { answerHttp } from "./fake-bdrc/http";
import type { FakeBdrcOptions } from "./fake-bdrc/options";
import { checkFault, checkTask, parseScenario } from "./fake-bdrc/scenario";
import { Service } from "./fake-bdrc/service";
import type { TaskScript } from "./task-script";

export type { RecordedCall } from "./fake-bdrc/call";
export type { Fault, FaultKind } from "./fake-bdrc/fault";
export type { FakeBdrcOptions, FakeBdrcScenario, Outage, ProtectionPolicy } from "./fake-bdrc/options";
export { ScenarioError, parseScenario, scenarioSchema } from "./fake-bdrc/scenario";

/** A fake BDRC service that is listening; end it with {@link FakeBdrc.close}. */
export interface FakeBdrc {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** The environment that makes a client sign with the credentials that the service knows. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every call so far, in the order of coming; the list grows. */
  readonly calls: readonly RecordedCall[];
  /**
   * Puts a task in, whose clock starts now; one with the same id is replaced, and its looks count from 1 again.
   *
   * @throws ScenarioError when the script is not valid; the text names the place.
   */
  addTask(taskId: string, script: TaskScript): void;
  /** Takes a task out; from then on it is unknown. */
  removeTask(taskId: string): void;
  /**
   * Makes every call meet a fault, or no longer (undefined); the calls are recorded all the same.
   *
   * @throws ScenarioError when the fault is not valid; the text names the place.
   */
  failEveryCall(fault: Fault | undefined): void;
  /** Stops listening, and ends every open connection at once, hanging ones as well. */
  close(): Promise<void>;
}

/**
 * Starts a fake BDRC service on 127.0.0.1, for tests and trials of anything that calls BDRC.
 *
 * It checks what the real one checks (path, version, action, date, nonce, body hash, signature, token, quota)
 * and answers in the real one's shapes; what a task does is scripted.
 *
 * @throws ScenarioError when an option is not valid (the text names it); and as `listen` does when the port is
 * taken.
 */
export async function startFakeBdrc(options: FakeBdrcOptions = {}): Promise<FakeBdrc> {
  const { now = Date.now, ...scenario } = options;
  parseScenario(scenario);
  const credentials = {
    accessKeyId: options.accessKeyId ?? "FakeKeyId",
    accessKeySecret: options.accessKeySecret ?? "FakeKeySecret",
    ...(options.securityToken === undefined ? {} : { securityToken: options.securityToken }),
  };
  const service = new Service({
    credentials,
    quotaPerSecond: options.quotaPerSecond ?? 10,
    checkSignature: options.checkSignature ?? true,
    newTask: options.newTask,
    protectionPolicies: options.protectionPolicies,
    outages: options.outages ?? [],
    startedAt: now(),
  });
  for (const [taskId, script] of Object.entries(options.tasks ?? {}))
    service.tasks.add(taskId, script, now());

  const server = createServer((request, response) => answerHttp(service, now, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    environment: {
      ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
      // Empty rather than absent: a token that the caller's own environment holds must not be sent along.
      ALIBABA_CLOUD_SECURITY_TOKEN: options.securityToken ?? "",
    },
    calls: service.calls,
    addTask: (taskId, script) => {
      checkTask(taskId, script);
      service.tasks.add(taskId, script, now());
    },
    removeTask: (taskId) => service.tasks.remove(taskId),
    failEveryCall: (fault) => {
      if (fault !== undefined) checkFault(fault);
      service.faultForAll = fault;
    },
    close: () =>
      new Promise((resolve, reject) => {
        // A second close finds nothing to do.
        server.close((error) =>
          error === undefined || (error as NodeJS.ErrnoException).code === "ERR_SERVER_NOT_RUNNING"
            ? resolve()
            : reject(error),
        );
        server.closeAllConnections();
      }),
  };
}
