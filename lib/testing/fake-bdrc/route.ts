import type { Call } from "./call";
import type { Refusal } from "./gatekeeper";
import { OPERATIONS, type Operation } from "./operations";

/** An operation that a call names. */
export interface Route {
  /** The name of the operation. */
  readonly name: string;
  /** The operation. */
  readonly operation: Operation;
  /** The decoded last segment of a path that ends in `{…}`; else empty. */
  readonly pathId: string;
}

/** Finds the operation that method and path name, or says why there is none. */
export function routeOf(call: Pick<Call, "method" | "path">): Route | Refusal {
  const here = Object.entries(OPERATIONS).flatMap(([name, operation]) => {
    const pathId = pathIdOf(operation.path, call.path);
    return pathId === undefined ? [] : [{ name, operation, pathId }];
  });
  const found = here.find(({ operation }) => operation.method === call.method);
  if (found !== undefined) return found;
  if (here.length === 0) {
    const message = "Specified api is not found, please check your url and method.";
    return { status: 404, code: "InvalidApi.NotFound", message };
  }
  const methods = here.map(({ operation }) => operation.method).join(", ");
  return {
    status: 400,
    code: "UnsupportedHTTPMethod",
    message: `The method is ${call.method}, expected ${methods}.`,
  };
}

/** The id that a path holds where its pattern has `{…}`: "" for a pattern without, undefined when it differs. */
function pathIdOf(pattern: string, path: string): string | undefined {
  const brace = pattern.indexOf("{");
  if (brace === -1) return path === pattern ? "" : undefined;
  const segment = path.slice(brace);
  if (!path.startsWith(pattern.slice(0, brace)) || segment === "" || segment.includes("/")) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
