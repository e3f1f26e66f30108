import { coreLro } from "./core-lro";
import { gax } from "./gax";
import type { Peer } from "./peer";
import { REPLAYED } from "./replayed";
import { smithy } from "./smithy";

/** Everybody we are measured against. */
export const PEERS: readonly Peer[] = [coreLro, smithy, gax, ...REPLAYED];
