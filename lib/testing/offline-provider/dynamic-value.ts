import { decode, encode, ExtData, ExtensionCodec } from "@msgpack/msgpack";

/** A value that Terraform does not know yet, such as an attribute of a resource still to be made. */
export const UNKNOWN = Symbol("unknown");

/** A value of Terraform as far as the data source has any: null, unknown, a string, or these in lists and maps. */
export type Value =
  null | typeof UNKNOWN | string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

// Terraform writes an unknown value as extension 0, and as extension 12 when it knows something about it
// (for example that it is not null).
const UNKNOWN_EXTENSIONS = [0, 12];

const codec = new ExtensionCodec();
for (const type of UNKNOWN_EXTENSIONS) {
  codec.register({
    type,
    encode: () => null,
    decode: () => UNKNOWN,
  });
}

/**
 * Reads a value that Terraform sent as MessagePack.
 *
 * @throws Error when the bytes are no MessagePack
 */
export function decodeValue(bytes: Uint8Array): Value {
  return decode(bytes, { extensionCodec: codec }) as Value;
}

/** Writes a value as MessagePack for Terraform; unknown values keep being unknown. */
export function encodeValue(value: Value): Buffer {
  return Buffer.from(encode(forWire(value), { extensionCodec: codec }));
}

function forWire(value: Value): unknown {
  if (value === UNKNOWN) return new ExtData(0, new Uint8Array([0]));
  if (typeof value === "string") return wellFormed(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(forWire);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), forWire(item)]));
}

/** The same text with U+FFFD for each half of a character that stands alone: JSON allows those, UTF-8 does not. */
function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
