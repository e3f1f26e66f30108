import OpenApiClient, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { Endpoint } from "../../protocol/endpoint";
import { START_OPERATIONS } from "../../protocol/start";
import { monotonic } from "../clock";
import type { CredentialSource, Credentials } from "./credentials";
import { Secrets } from "./redact";
import { DEFAULT_LIMITS, exchanges, type Exchange, type HttpAnswer } from "./transport";

/** The version of the BDRC API that everything here speaks. */
export const API_VERSION = "2023-08-08";

/** One operation of the API: its action, its method, and its path with parameters already encoded. */
export interface Operation {
  readonly action: string;
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as application/x-www-form-urlencoded, as every POST and PATCH of the API with parameters. */
  readonly form?: Readonly<Record<string, string>>;
}

/** The operation DescribeTask for one task. */
export function describeTask(taskId: string): Operation {
  return { action: "DescribeTask", method: "GET", path: `/api/v1/tasks/${encodeURIComponent(taskId)}` };
}

/** The operation GetProtectionPolicy for one policy. */
export function getProtectionPolicy(id: string): Operation {
  const path = `/api/v1/protection-policies/${encodeURIComponent(id)}`;
  return { action: "GetProtectionPolicy", method: "GET", path };
}

/** An operation that starts a task, with its parameters; one of {@link START_OPERATIONS}. */
export function startTask(action: string, form: Readonly<Record<string, string>>): Operation {
  const { method = "POST", path = "" } = START_OPERATIONS[action] ?? {};
  return { action, method, path, ...(Object.keys(form).length > 0 ? { form } : {}) };
}

/** Whatever sends calls: a client, or something in front of one. */
export type ApiClient = Pick<BdrcClient, "call" | "redact">;

/** The way to the API. */
export interface Connection {
  readonly client: ApiClient;
  /** Where the client takes its credentials from; told when they are too old. */
  readonly source: CredentialSource;
}

/** Sends signed calls to one endpoint of BDRC. */
export class BdrcClient {
  private readonly secrets = new Secrets();

  constructor(
    private readonly endpoint: Endpoint,
    private readonly source: CredentialSource,
  ) {}

  /**
   * Sends one operation and gives back the whole answer, whatever its status.
   *
   * The SDK builds and signs the request. What comes back is taken from the transport, since the SDK loses the
   * status, the headers and the request id of an answer that is not JSON. Its body holds no secret any more: whatever
   * is made of it, a result in a state included, holds none either.
   *
   * @param limit milliseconds for the whole call, the search for credentials included
   * @throws TransportError when no whole answer came; CredentialsError when there are no credentials
   */
  async call(operation: Operation, limit: number): Promise<HttpAnswer> {
    const begin = monotonic();
    const credentials = await this.source.current(limit);
    this.secrets.add(credentials.accessKeySecret).add(credentials.securityToken ?? "");
    // Looking for credentials takes its time out of the same limit.
    const total = Math.max(1, limit - (monotonic() - begin));
    const exchange: Exchange = { limits: { ...DEFAULT_LIMITS, total } };
    const { action, method, path, query, form } = operation;
    try {
      await exchanges.run(exchange, () =>
        this.sdk(credentials).callApi(
          new Params({
            action,
            version: API_VERSION,
            protocol: this.endpoint.protocol,
            pathname: path,
            method,
            authType: "AK",
            style: "ROA",
            reqBodyType: form ? "formData" : "json",
            bodyType: "string",
          }),
          new OpenApiRequest({ headers: {}, ...(query ? { query } : {}), ...(form ? { body: form } : {}) }),
          new RuntimeOptions({}),
        ),
      );
    } catch (error) {
      if (!exchange.answer) throw error;
    }
    if (!exchange.answer) throw new TypeError("the SDK returned without having sent the call");
    return { ...exchange.answer, body: this.secrets.hide(exchange.answer.body) };
  }

  /** Takes the secrets of every call so far out of a text. */
  redact(text: string): string {
    return this.secrets.redact(text);
  }

  private sdk(credentials: Credentials): OpenApiClient {
    return new OpenApiClient(
      new Config({
        endpoint: this.endpoint.host,
        protocol: this.endpoint.protocol,
        userAgent: "cdktf-bdrc-task",
        // Handed over as they are, so that the SDK never walks the chain by itself.
        credential: { getCredential: () => Promise.resolve({ ...credentials, type: "access_key" }) },
      }),
    );
  }
}
