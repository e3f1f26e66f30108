/**
 * The few words that Terraform and a plugin exchange before the first call, as HashiCorp's go-plugin lays them
 * down: a cookie in the environment on the way in, one line on stdout on the way out.
 */

/** The variable and value by which Terraform tells a plugin that it was started by Terraform and not by hand. */
export const MAGIC_COOKIE = {
  name: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;

/** What a person reads who starts the file by hand. */
export const STARTED_BY_HAND =
  "This is a developer's test stand-in for the Terraform provider hashicorp/external, and not that provider: " +
  "only Terraform can start it, through a mirror that createOfflineMirror() has laid.";

/** The variables of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether Terraform (or OpenTofu) started this process. */
export function isStartedByTerraform(environment: Environment): boolean {
  return environment[MAGIC_COOKIE.name] === MAGIC_COOKIE.value;
}

/**
 * The client certificate (PEM) that Terraform made for this one start, or undefined when it asks for no TLS.
 *
 * Terraform always sends one; a debugger that starts the plugin itself may not.
 */
export function clientCertificate(environment: Environment): string | undefined {
  return environment["PLUGIN_CLIENT_CERT"] || undefined;
}

/**
 * The line by which Terraform learns where to call: core protocol 1, plugin protocol 5, a unix socket, gRPC,
 * and the server's certificate (DER), which Terraform then trusts and nothing else.
 */
export function handshakeLine(socketPath: string, certificate: Buffer | undefined): string {
  // go-plugin decodes base64 without padding only.
  const encoded = certificate?.toString("base64").replace(/=+$/, "") ?? "";
  return `1|5|unix|${socketPath}|grpc|${encoded}\n`;
}
