import { Root, type Type } from "protobufjs/light";
import type { Diagnostic } from "./diagnostic";

/**
 * The part of Terraform's plugin protocol 5 that a provider of one data source needs, as a table of protobuf
 * messages: each field with its number. Fields that are left out here are skipped when they come.
 */
const MESSAGES = {
  nested: {
    Empty: { fields: {} },
    DynamicValue: { fields: { msgpack: { type: "bytes", id: 1 } } },
    Step: { fields: { attributeName: { type: "string", id: 1 } } },
    AttributePath: { fields: { steps: { rule: "repeated", type: "Step", id: 1 } } },
    Diagnostic: {
      fields: {
        severity: { type: "int32", id: 1 },
        summary: { type: "string", id: 2 },
        detail: { type: "string", id: 3 },
        attribute: { type: "AttributePath", id: 4 },
      },
    },
    Attribute: {
      fields: {
        name: { type: "string", id: 1 },
        type: { type: "bytes", id: 2 },
        description: { type: "string", id: 3 },
        required: { type: "bool", id: 4 },
        optional: { type: "bool", id: 5 },
        computed: { type: "bool", id: 6 },
      },
    },
    Block: {
      fields: {
        attributes: { rule: "repeated", type: "Attribute", id: 2 },
        description: { type: "string", id: 4 },
      },
    },
    Schema: { fields: { version: { type: "int64", id: 1 }, block: { type: "Block", id: 2 } } },
    ServerCapabilities: { fields: { getProviderSchemaOptional: { type: "bool", id: 2 } } },
    SchemaResponse: {
      fields: {
        provider: { type: "Schema", id: 1 },
        dataSourceSchemas: { keyType: "string", type: "Schema", id: 3 },
        serverCapabilities: { type: "ServerCapabilities", id: 6 },
      },
    },
    PrepareRequest: { fields: { config: { type: "DynamicValue", id: 1 } } },
    PrepareResponse: { fields: { preparedConfig: { type: "DynamicValue", id: 1 } } },
    DataSourceRequest: {
      fields: { typeName: { type: "string", id: 1 }, config: { type: "DynamicValue", id: 2 } },
    },
    ValidateResponse: { fields: { diagnostics: { rule: "repeated", type: "Diagnostic", id: 1 } } },
    ReadResponse: {
      fields: {
        state: { type: "DynamicValue", id: 1 },
        diagnostics: { rule: "repeated", type: "Diagnostic", id: 2 },
      },
    },
  },
};

const root = Root.fromJSON(MESSAGES);

/** A value of Terraform as it travels. */
export interface DynamicValue {
  readonly msgpack: Uint8Array;
}

/** One attribute of a block; `type` is Terraform's own JSON for a type. */
export interface Attribute {
  readonly name: string;
  readonly type: Uint8Array;
  readonly description: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

/** What a block of the configuration may hold. */
export interface Schema {
  readonly version: number;
  readonly block: { readonly attributes: readonly Attribute[]; readonly description?: string };
}

/** A diagnostic as it travels: severity 1 is an error. */
export interface WireDiagnostic {
  readonly severity: 1;
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: { readonly steps: readonly { readonly attributeName: string }[] };
}

/** The messages by name. */
export interface Messages {
  readonly Empty: Record<string, never>;
  readonly SchemaResponse: {
    readonly provider: Schema;
    readonly dataSourceSchemas: Readonly<Record<string, Schema>>;
    readonly serverCapabilities: { readonly getProviderSchemaOptional: boolean };
  };
  readonly PrepareRequest: { readonly config: DynamicValue | null };
  readonly PrepareResponse: { readonly preparedConfig: DynamicValue | null };
  readonly DataSourceRequest: { readonly typeName: string; readonly config: DynamicValue | null };
  readonly ValidateResponse: { readonly diagnostics: readonly WireDiagnostic[] };
  readonly ReadResponse: { readonly state?: DynamicValue; readonly diagnostics: readonly WireDiagnostic[] };
}

/** Writes a message. */
export function serialize<Name extends keyof Messages>(name: Name, message: Messages[Name]): Buffer {
  return Buffer.from(
    messageType(name)
      .encode(message as Record<string, unknown>)
      .finish(),
  );
}

/**
 * Reads a message; what was not sent is an empty text or null.
 *
 * @throws Error when the bytes are no such message
 */
export function deserialize<Name extends keyof Messages>(name: Name, bytes: Uint8Array): Messages[Name] {
  return messageType(name).decode(bytes) as unknown as Messages[Name];
}

function messageType(name: string): Type {
  return root.lookupType(name);
}

/** Puts a diagnostic into the form in which it travels. */
export function wireDiagnostic({ summary, detail, attribute }: Diagnostic): WireDiagnostic {
  const path = attribute === undefined ? {} : { attribute: { steps: [{ attributeName: attribute }] } };
  return { severity: 1, summary, detail, ...path };
}
