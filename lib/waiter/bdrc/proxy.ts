import * as http from "node:http";
import * as https from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "../../protocol/endpoint";

/** Where an ECS instance reads its own role's credentials; a proxy would answer for another machine. */
const METADATA_ADDRESS = "100.100.100.200";

const direct = {
  "http:": new http.Agent({ keepAlive: true }),
  "https:": new https.Agent({ keepAlive: true }),
};
const proxied = new Map<string, HttpsProxyAgent<string>>();

/**
 * The agent for a call: through the proxy that HTTPS_PROXY and NO_PROXY name, or direct. It is the same for each
 * call to one place, so that the connection is kept between two looks.
 *
 * Plain http is always direct: it is only spoken with this machine and with the metadata address.
 */
export function agentFor(url: URL): http.Agent {
  if (url.protocol === "http:") return direct["http:"];
  if (isLoopback(url.hostname) || url.hostname === METADATA_ADDRESS) return direct["https:"];
  const proxy = getProxyForUrl(url.href);
  if (proxy === "") return direct["https:"];
  let agent = proxied.get(proxy);
  if (!agent) proxied.set(proxy, (agent = new HttpsProxyAgent(proxy, { keepAlive: true })));
  return agent;
}
