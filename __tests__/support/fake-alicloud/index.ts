import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ecs } from "./ecs";
import { hbr } from "./hbr";
import { type AlicloudCall, rpcServer } from "./rpc";

export type { AlicloudCall } from "./rpc";

/** Fake ECS and HBR services that are listening. */
export interface FakeAlicloud {
  /** Where ECS listens: `127.0.0.1:PORT`, as the provider wants it. */
  readonly ecs: string;
  /** Where HBR listens. */
  readonly hbr: string;
  /** Every call to either so far, in the order of coming; the list grows. */
  readonly calls: readonly AlicloudCall[];
  /** Stops listening, and ends every open connection. */
  close(): Promise<void>;
}

/**
 * Starts a fake ECS and a fake HBR, enough for the alicloud provider to create, read and delete snapshot policies,
 * vaults and backup policies. They check no signatures.
 *
 * @param now the clock of the record of calls
 */
export async function startFakeAlicloud(now: () => number = Date.now): Promise<FakeAlicloud> {
  const calls: AlicloudCall[] = [];
  const servers = [ecs(now), hbr(now)].map((product) => rpcServer(product, now, (call) => calls.push(call)));
  const [ecsHost = "", hbrHost = ""] = await Promise.all(servers.map(listen));
  return {
    ecs: ecsHost,
    hbr: hbrHost,
    calls,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
