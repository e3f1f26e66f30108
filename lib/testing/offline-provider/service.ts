import { X509Certificate } from "node:crypto";
import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type ServerUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { createServerIdentity } from "./certificate";
import { validateConfig, type Config } from "./config";
import { diagnostic } from "./diagnostic";
import { decodeValue, encodeValue } from "./dynamic-value";
import type { Environment } from "./handshake";
import {
  deserialize,
  serialize,
  wireDiagnostic,
  type DynamicValue,
  type Messages,
  type WireDiagnostic,
} from "./protocol";
import { readExternal } from "./read";
import { DATA_SOURCE, providerSchema } from "./schema";

/** What a service needs to know to be started. */
export interface ServiceOptions {
  readonly socketPath: string;
  /** The only client (PEM certificate) that may call; undefined for a service without TLS. */
  readonly clientCertificate: string | undefined;
  /** The environment of the programs. */
  readonly environment: Environment;
  /** Called once, at the first call: whoever should be connected, is. */
  readonly onFirstCall: () => void;
  /** Called when Terraform has no further use for the provider and the answer to that is on its way. */
  readonly onShutdown: () => void;
}

/** A service that is listening. */
export interface RunningService {
  /** The certificate (DER) by which the client knows it; undefined without TLS. */
  readonly certificate: Buffer | undefined;
  /** Ends it at once, calls under way included. */
  stop(): void;
}

/**
 * Serves Terraform's plugin protocol 5 on a unix socket.
 *
 * @throws Error when the socket cannot be made, or when the client's certificate is none
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  // No limit: a query or a result may be as large as it is.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const shutdown = (): void => {
    // The client may keep its connection open for a moment more; there is nothing to wait for.
    const atLast = setTimeout(options.onShutdown, 100);
    server.tryShutdown(() => {
      clearTimeout(atLast);
      options.onShutdown();
    });
  };
  const methods = { ...providerMethods(options.environment), ...controllerMethods(shutdown) };
  addMethods(server, methods, options.onFirstCall);

  const { credentials, certificate } = credentialsFor(options.clientCertificate);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${options.socketPath}`, credentials, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return { certificate, stop: () => server.forceShutdown() };
}

function credentialsFor(clientPem: string | undefined): {
  readonly credentials: ServerCredentials;
  readonly certificate: Buffer | undefined;
} {
  if (clientPem === undefined) {
    return { credentials: ServerCredentials.createInsecure(), certificate: undefined };
  }
  // Node would accept any text here and then refuse every client without a word.
  const client = Buffer.from(new X509Certificate(clientPem).toString());
  const { keyPem, certificatePem, certificate } = createServerIdentity();
  const pair = { private_key: Buffer.from(keyPem), cert_chain: Buffer.from(certificatePem) };
  return { credentials: ServerCredentials.createSsl(client, [pair], true), certificate };
}

/** A method: the messages that go in and out, and what it does. */
interface Method<In extends keyof Messages, Out extends keyof Messages> {
  readonly request: In;
  readonly response: Out;
  readonly answer: (request: Messages[In], abort: AbortSignal) => Messages[Out] | Promise<Messages[Out]>;
}

type AnyMethod = Method<keyof Messages, keyof Messages>;

function method<In extends keyof Messages, Out extends keyof Messages>(
  request: In,
  response: Out,
  answer: Method<In, Out>["answer"],
): AnyMethod {
  // Sound, since `request` and `answer` are only ever used together.
  return { request, response, answer } as unknown as AnyMethod;
}

function providerMethods(environment: Environment): Record<string, AnyMethod> {
  const reads = new Set<AbortController>();
  return {
    "tfplugin5.Provider/GetSchema": method("Empty", "SchemaResponse", providerSchema),
    "tfplugin5.Provider/PrepareProviderConfig": method("PrepareRequest", "PrepareResponse", ({ config }) => ({
      preparedConfig: config,
    })),
    "tfplugin5.Provider/Configure": method("Empty", "Empty", () => ({})),
    "tfplugin5.Provider/ValidateDataSourceConfig": method(
      "DataSourceRequest",
      "ValidateResponse",
      (request) => ({
        diagnostics: [
          ...typeProblems(request.typeName),
          ...validateConfig(configOf(request.config)).map(wireDiagnostic),
        ],
      }),
    ),
    "tfplugin5.Provider/ReadDataSource": method(
      "DataSourceRequest",
      "ReadResponse",
      async (request, abort) => {
        const problems = typeProblems(request.typeName);
        if (problems.length > 0) return { diagnostics: problems };
        const read = new AbortController();
        reads.add(read);
        const either = AbortSignal.any([abort, read.signal]);
        try {
          const outcome = await readExternal(configOf(request.config), environment, either);
          if ("diagnostics" in outcome) return { diagnostics: outcome.diagnostics.map(wireDiagnostic) };
          return { state: { msgpack: encodeValue(outcome.value) }, diagnostics: [] };
        } finally {
          reads.delete(read);
        }
      },
    ),
    "tfplugin5.Provider/Stop": method("Empty", "Empty", () => {
      for (const read of reads) read.abort();
      return {};
    }),
    // OpenTofu asks for functions; there are none.
    "tfplugin5.Provider/GetFunctions": method("Empty", "Empty", () => ({})),
  };
}

function controllerMethods(shutdown: () => void): Record<string, AnyMethod> {
  return {
    "plugin.GRPCController/Shutdown": method("Empty", "Empty", () => {
      setImmediate(shutdown);
      return {};
    }),
  };
}

function configOf(config: DynamicValue | null): Config {
  const value = config === null ? null : decodeValue(config.msgpack);
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Config) : {};
}

function typeProblems(typeName: string): WireDiagnostic[] {
  if (typeName === DATA_SOURCE) return [];
  const paragraph = `The test stand-in for hashicorp/external knows the data source "external" only.`;
  return [
    wireDiagnostic(diagnostic("No such data source", paragraph, { "Data Source": typeName }, undefined)),
  ];
}

function addMethods(server: Server, methods: Record<string, AnyMethod>, onFirstCall: () => void): void {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: UntypedServiceImplementation = {};
  let isFirst = true;
  for (const [path, { request, response, answer }] of Object.entries(methods)) {
    definition[path] = {
      path: `/${path}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (message: Messages[keyof Messages]) => serialize(request, message),
      requestDeserialize: (bytes) => deserialize(request, bytes),
      responseSerialize: (message: Messages[keyof Messages]) => serialize(response, message),
      responseDeserialize: (bytes) => deserialize(response, bytes),
    };
    implementation[path] = unary((message, abort) => {
      if (isFirst) onFirstCall();
      isFirst = false;
      return answer(message, abort);
    });
  }
  server.addService(definition, implementation);
}

function unary(
  answer: AnyMethod["answer"],
): handleUnaryCall<Messages[keyof Messages], Messages[keyof Messages]> {
  return (call: ServerUnaryCall<Messages[keyof Messages], Messages[keyof Messages]>, callback) => {
    const abort = new AbortController();
    call.on("cancelled", () => abort.abort());
    void (async () => answer(call.request, abort.signal))().then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({ code: status.INTERNAL, details: `The stand-in broke: ${String(error)}` }),
    );
  };
}
