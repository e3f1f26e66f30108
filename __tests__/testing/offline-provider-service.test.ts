import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client, credentials, status, type ServiceError } from "@grpc/grpc-js";
import { decode, encode, ExtData } from "@msgpack/msgpack";
import { createServerIdentity, type ServerIdentity } from "../../lib/testing/offline-provider/certificate";
import { deserialize, serialize, type Messages } from "../../lib/testing/offline-provider/protocol";
import { startService, type RunningService } from "../../lib/testing/offline-provider/service";

const folder = mkdtempSync(path.join(tmpdir(), "provider-service-"));
const socketPath = path.join(folder, "s");
const terraform = createServerIdentity();
let service: RunningService;
let firstCalls = 0;
let whenShutDown: () => void;
const shutDown = new Promise<void>((resolve) => (whenShutDown = resolve));

beforeAll(async () => {
  service = await startService({
    socketPath,
    clientCertificate: terraform.certificatePem,
    environment: process.env,
    onFirstCall: () => firstCalls++,
    onShutdown: () => whenShutDown(),
  });
});

afterAll(() => {
  service.stop();
  rmSync(folder, { recursive: true });
});

/** Plays Terraform: trusts the certificate of the handshake and nothing else. */
function connect(identity?: ServerIdentity): Client {
  const trusted = new X509Certificate(service.certificate!).toString();
  const key = identity && Buffer.from(identity.keyPem);
  const chain = identity && Buffer.from(identity.certificatePem);
  return new Client(`unix:${socketPath}`, credentials.createSsl(Buffer.from(trusted), key, chain), {
    "grpc.ssl_target_name_override": "localhost",
    "grpc.max_receive_message_length": -1,
  });
}

function call<In extends keyof Messages, Out extends keyof Messages>(
  client: Client,
  method: string,
  [request, response]: readonly [In, Out],
  message: Messages[In],
): { readonly answer: Promise<Messages[Out]>; cancel(): void } {
  let cancel = (): void => {};
  const answer = new Promise<Messages[Out]>((resolve, reject) => {
    const running = client.makeUnaryRequest(
      `/${method}`,
      (value: Messages[In]) => serialize(request, value),
      (bytes) => deserialize(response, bytes),
      message,
      (error: ServiceError | null, value?: Messages[Out]) => (error ? reject(error) : resolve(value!)),
    );
    cancel = () => running.cancel();
  });
  return { answer, cancel };
}

const READ = ["DataSourceRequest", "ReadResponse"] as const;
const VALIDATE = ["DataSourceRequest", "ValidateResponse"] as const;

function block(values: Record<string, unknown>, typeName = "external"): Messages["DataSourceRequest"] {
  const all = { id: null, program: null, query: null, result: null, working_dir: null, ...values };
  return { typeName, config: { msgpack: encode(all) } };
}

describe("the service", () => {
  let client: Client;
  beforeAll(() => (client = connect(terraform)));
  afterAll(() => client.close());

  test("the schema is that of data.external", async () => {
    const schema = await call(client, "tfplugin5.Provider/GetSchema", ["Empty", "SchemaResponse"], {}).answer;
    const attributes = schema.dataSourceSchemas["external"]!.block.attributes.map((attribute) => [
      attribute.name,
      JSON.parse(Buffer.from(attribute.type).toString()),
      (["required", "optional", "computed"] as const).filter((use) => attribute[use]),
    ]);
    expect(attributes).toEqual([
      ["id", "string", ["computed"]],
      ["program", ["list", "string"], ["required"]],
      ["query", ["map", "string"], ["optional"]],
      ["result", ["map", "string"], ["computed"]],
      ["working_dir", "string", ["optional"]],
    ]);
    expect(schema.provider.block.attributes).toEqual([]);
  });

  test("the provider's configuration is given back as it came", async () => {
    const config = { msgpack: encode({}) };
    const types = ["PrepareRequest", "PrepareResponse"] as const;
    const prepared = await call(client, "tfplugin5.Provider/PrepareProviderConfig", types, { config }).answer;
    expect(decode(prepared.preparedConfig!.msgpack)).toEqual({});
  });

  test.each(["tfplugin5.Provider/Configure", "tfplugin5.Provider/GetFunctions"])(
    "%s is answered",
    async (method) => {
      expect(await call(client, method, ["Empty", "Empty"], {}).answer).toEqual({});
    },
  );

  test("validation accepts unknown values and points at a program that is null", async () => {
    const method = "tfplugin5.Provider/ValidateDataSourceConfig";
    const unknown = block({ program: new ExtData(0, new Uint8Array([0])) });
    expect((await call(client, method, VALIDATE, unknown).answer).diagnostics).toEqual([]);
    const { diagnostics } = await call(client, method, VALIDATE, block({ program: null })).answer;
    expect(diagnostics).toMatchObject([
      {
        severity: 1,
        summary: "No external program given",
        attribute: { steps: [{ attributeName: "program" }] },
      },
    ]);
  });

  test("a read gives the block with its result", async () => {
    const request = block({ program: ["cat"], query: { a: "b" } });
    const { state } = await call(client, "tfplugin5.Provider/ReadDataSource", READ, request).answer;
    expect(decode(state!.msgpack)).toMatchObject({ id: "-", program: ["cat"], result: { a: "b" } });
  });

  test("a result of megabytes passes", async () => {
    const request = block({ program: ["cat"], query: { a: "x".repeat(6_000_000) } });
    const { state } = await call(client, "tfplugin5.Provider/ReadDataSource", READ, request).answer;
    expect((decode(state!.msgpack) as { result: { a: string } }).result.a).toHaveLength(6_000_000);
  });

  test("another data source is refused by name", async () => {
    const method = "tfplugin5.Provider/ReadDataSource";
    const { diagnostics } = await call(client, method, READ, block({}, "other")).answer;
    expect(diagnostics).toMatchObject([
      { summary: "No such data source", detail: expect.stringContaining("other") },
    ]);
  });

  test("Stop ends all reads under way, and a later read works", async () => {
    const method = "tfplugin5.Provider/ReadDataSource";
    const reads = [1, 2].map(() => call(client, method, READ, block({ program: ["sleep", "5"] })).answer);
    await call(client, method, READ, block({ program: ["sh", "-c", "sleep 0.3; echo {}"] })).answer;
    await call(client, "tfplugin5.Provider/Stop", ["Empty", "Empty"], {}).answer;
    for (const { diagnostics } of await Promise.all(reads)) {
      expect(diagnostics).toMatchObject([{ summary: "External program was interrupted" }]);
    }
    const { state } = await call(client, method, READ, block({ program: ["sh", "-c", "echo {}"] })).answer;
    expect(decode(state!.msgpack)).toMatchObject({ result: {} });
  });

  test("a cancelled call kills its program", async () => {
    const started = path.join(folder, "started");
    const ended = path.join(folder, "ended");
    const program = ["sh", "-c", `touch ${started}; sleep 0.5; touch ${ended}`];
    const read = call(client, "tfplugin5.Provider/ReadDataSource", READ, block({ program }));
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 10));
    read.cancel();
    await expect(read.answer).rejects.toMatchObject({ code: status.CANCELLED });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(existsSync(ended)).toBe(false);
  });

  test("bytes that are no value are an error of the call, not the end of the service", async () => {
    const request = { typeName: "external", config: { msgpack: Buffer.from([0xc1]) } };
    const broken = call(client, "tfplugin5.Provider/ReadDataSource", READ, request).answer;
    await expect(broken).rejects.toMatchObject({ code: status.INTERNAL });
  });

  test("a method of the protocol that it does not have is unimplemented", async () => {
    const broken = call(client, "tfplugin5.Provider/GetMetadata", ["Empty", "Empty"], {}).answer;
    await expect(broken).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  test.each([
    ["no certificate", undefined],
    ["another certificate", createServerIdentity()],
  ])("a client with %s is refused", async (_, identity) => {
    const stranger = connect(identity);
    const refused = call(stranger, "tfplugin5.Provider/GetSchema", ["Empty", "SchemaResponse"], {}).answer;
    await expect(refused).rejects.toMatchObject({ code: status.UNAVAILABLE });
    stranger.close();
  });

  test("the first call is told once", () => {
    expect(firstCalls).toBe(1);
  });

  test("Shutdown is answered and then carried out", async () => {
    expect(await call(client, "plugin.GRPCController/Shutdown", ["Empty", "Empty"], {}).answer).toEqual({});
    await shutDown;
  });
});

test("a client certificate that is none is refused at the start", async () => {
  const options = { environment: {}, onFirstCall: () => {}, onShutdown: () => {} };
  const start = startService({ ...options, socketPath: path.join(folder, "t"), clientCertificate: "none" });
  await expect(start).rejects.toThrow();
});
