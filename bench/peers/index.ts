import { coreLro } from "./core-lro.js";
import { gax } from "./gax.js";
import type { Peer } from "./peer.js";
import { REPLAYED } from "./replayed.js";
import { smithy } from "./smithy.js";

/** Everybody we are measured against. */
export const PEERS: readonly Peer[] = [coreLro, smithy, gax, ...REPLAYED];
