import * as http from "node:http";
import * as https from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "../../protocol/endpoint";
import { CONNECT_LIMIT, connectOptions } from "./resolve";
import { TransportError } from "./transport-error";

/** Where an ECS instance reads its own role's credentials; a proxy would answer for another machine. */
const METADATA_ADDRESS = "100.100.100.200";

/** Variables in which a proxy for https can stand. */
const PROXY_NAMES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const;

/** How a call leaves this machine. */
export interface Way {
  readonly agent: http.Agent;
  /** `host:port` of the proxy, without its user and password; undefined for a direct call. */
  readonly via: string | undefined;
}

const direct = {
  "http:": new http.Agent({ keepAlive: true }),
  "https:": new https.Agent({ keepAlive: true }),
};
const proxied = new Map<string, Way>();

/**
 * The way of a call: through the proxy that HTTPS_PROXY and NO_PROXY name, or direct. Its agent is the same for each
 * call to one place, so that a direct connection is kept between two looks.
 *
 * Plain http is always direct: it is only spoken with this machine and with the metadata address.
 *
 * @throws TransportError with code BAD_PROXY when the variable does not name an http or https proxy
 */
export function agentFor(url: URL): Way {
  if (url.protocol === "http:") return { agent: direct["http:"], via: undefined };
  const near = isLoopback(url.hostname) || url.hostname === METADATA_ADDRESS || isExempt(url.hostname);
  const named = near ? "" : getProxyForUrl(url.href).trim();
  if (named === "") return { agent: direct["https:"], via: undefined };
  let way = proxied.get(named);
  if (!way) proxied.set(named, (way = throughProxy(named)));
  return way;
}

/** A name in NO_PROXY covers what ends in it, too, as curl, Go and Terraform have it; the package wants a dot for that. */
function isExempt(host: string): boolean {
  const names = (process.env["no_proxy"] || process.env["NO_PROXY"] || "").toLowerCase().split(/[\s,]+/);
  return names.some(
    (name) => /^[\w-]/.test(name) && host.toLowerCase().endsWith(`.${name.replace(/:443$/, "")}`),
  );
}

function throughProxy(named: string): Way {
  const url = parseProxy(named);
  if (url === undefined) {
    // The value is not shown: it may hold a password.
    const set = PROXY_NAMES.filter((name) => process.env[name]).join(", ");
    throw new TransportError(`the proxy in ${set} is not of the form http://host:port`, "BAD_PROXY");
  }
  // A tunnel is not used for a second call by the package, so keeping it would only pile up connections.
  const agent = new HttpsProxyAgent(url, {
    keepAlive: false,
    rejectUnauthorized: true,
    // The tunnel shows nothing of its addresses, so that two of them share the limit.
    ...connectOptions(CONNECT_LIMIT / 2),
  });
  return { agent, via: url.host };
}

function parseProxy(named: string): URL | undefined {
  // A value without a protocol is read as one of https by the package, but as http by curl, Go and Terraform.
  const bare = PROXY_NAMES.some((name) => `https://${process.env[name]?.trim()}` === named);
  try {
    const url = new URL(bare ? named.replace("https:", "http:") : named);
    if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
    url.username = asItStands(url.username);
    url.password = asItStands(url.password);
    return url;
  } catch {
    return undefined;
  }
}

/** A user or a password with a bare `%` in it means that sign, as curl has it; the package would fail at each call. */
function asItStands(text: string): string {
  const lone = text.replace(/%(?![0-9a-f]{2})/gi, "%25");
  try {
    decodeURIComponent(lone);
    return lone;
  } catch {
    return text.replaceAll("%", "%25");
  }
}
