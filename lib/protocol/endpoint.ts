/** Where DescribeTask is sent: a host with an optional port, and the protocol to speak with it. */
export interface Endpoint {
  /** `https`, or `http` for a loopback address only. */
  readonly protocol: "https" | "http";
  /** `host` or `host:port`, as it stands in the Host header; IPv6 addresses keep their brackets. */
  readonly host: string;
}

/** An endpoint, or the reason why a text is none. */
export type EndpointOrProblem = { readonly endpoint: Endpoint } | { readonly problem: string };

/**
 * Public hosts that the documentation names (page "Endpoints" of BDRC API 2023-08-08). BDRC is a centralised
 * product: a workspace in another region is reached through one of these.
 */
export const DOCUMENTED_ENDPOINTS: Readonly<Record<string, string>> = {
  "cn-shanghai": "bdrc.cn-shanghai.aliyuncs.com",
  "ap-southeast-1": "bdrc.ap-southeast-1.aliyuncs.com",
  "cn-shanghai-finance-1": "bdrc.cn-shanghai-finance-1.aliyuncs.com",
};

/** What a region id is made of: lower-case words joined by `-`. */
export const REGION_ID = /^[a-z0-9]+(-[a-z0-9]+)+$/;

/** The longest region id: that of one label of a host name. */
export const MAX_REGION_ID_LENGTH = 63;

/** Says why a text cannot be a region id, or undefined when it can. */
export function regionProblem(regionId: string): string | undefined {
  if (regionId === "") return "it is empty";
  if (!REGION_ID.test(regionId) || regionId.length > MAX_REGION_ID_LENGTH) {
    return "a region id is lower-case words joined by '-', such as cn-shanghai";
  }
  return undefined;
}

/** The endpoint of a region: the documented host, else the host that the product's naming rule gives. */
export function endpointOfRegion(regionId: string): Endpoint {
  const documented = Object.hasOwn(DOCUMENTED_ENDPOINTS, regionId)
    ? DOCUMENTED_ENDPOINTS[regionId]
    : undefined;
  return { protocol: "https", host: documented ?? `bdrc.${regionId}.aliyuncs.com` };
}

/**
 * The place whose tasks an endpoint knows: the region for BDRC's own hosts, the one in a VPC like the public one; else
 * the host, since nobody knows what stands behind it.
 */
export function placeOf({ host }: Pick<Endpoint, "host">): string {
  return /^bdrc(?:-vpc)?\.([a-z0-9-]+)\.aliyuncs\.com$/.exec(host)?.[1] ?? host;
}

/**
 * Reads an endpoint: `host[:port]` (https), `https://host[:port]`, or `http://` with a loopback address.
 *
 * Refuses plain http to any other host, since the answers would travel in clear, and refuses user names, paths
 * and queries, which an endpoint never has.
 */
export function parseEndpoint(text: string): EndpointOrProblem {
  if (text === "") return { problem: "it is empty" };
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return { problem: "it is neither host[:port] nor a URL" };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { problem: `the protocol ${url.protocol.slice(0, -1)} is not https` };
  }
  // The text itself is checked, too: URL() quietly drops an empty "user@" and turns "\\" into "/".
  const rest = withScheme.replace(/^[a-z]+:\/\//i, "").replace(/\/$/, "");
  if (/[@/?#\\\s]/.test(rest))
    return { problem: "it may hold only host[:port], no user name, path or query" };
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/i.test(url.hostname)) {
    return { problem: `${url.hostname} is not a host name` };
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return { problem: "plain http is only for a loopback address such as 127.0.0.1" };
  }
  return { endpoint: { protocol: url.protocol === "http:" ? "http" : "https", host: url.host } };
}

/** Whether a host name (IPv6 in brackets or not) is this machine's own loopback. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || /^127(\.\d{1,3}){3}$/.test(bare);
}
