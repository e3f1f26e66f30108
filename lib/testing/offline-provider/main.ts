import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clientCertificate, handshakeLine, isStartedByTerraform, STARTED_BY_HAND } from "./handshake";
import { whenParentIsGone } from "./parent";
import { killAllPrograms } from "./run-program";
import { startService } from "./service";

/** A unix socket's path has to fit into 104 bytes on macOS and 108 on Linux. */
const LONGEST_SOCKET_PATH = 100;

function createSocketFolder(): string {
  const usual = path.join(tmpdir(), "external-");
  const fits = Buffer.byteLength(usual) + "XXXXXX/s".length <= LONGEST_SOCKET_PATH;
  return mkdtempSync(fits ? usual : "/tmp/external-");
}

async function serve(): Promise<void> {
  const folder = createSocketFolder();
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", () => {
    killAllPrograms();
    removeFolder();
  });
  // Ctrl-C reaches the whole process group; Terraform itself tells the provider when to stop.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  whenParentIsGone(() => process.exit(1));

  const socketPath = path.join(folder, "s");
  const service = await startService({
    socketPath,
    clientCertificate: clientCertificate(process.env),
    environment: { ...process.env },
    // Terraform connects once. With the socket gone, nothing is left behind whatever way this process ends.
    onFirstCall: removeFolder,
    onShutdown: () => process.exit(0),
  });
  process.stdout.on("error", () => {});
  process.stdout.write(handshakeLine(socketPath, service.certificate));
}

if (isStartedByTerraform(process.env)) {
  serve().catch((error: unknown) => {
    process.stderr.write(`The test stand-in for hashicorp/external did not start: ${String(error)}\n`);
    process.exit(1);
  });
} else {
  process.stderr.write(`${STARTED_BY_HAND}\n`);
  process.exitCode = 1;
}
