import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { webcrypto } from "node:crypto";
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** The name that the certificate is for; no name service knows it, so that only a proxy leads there. */
export const HOST = "bdrc.test.invalid";

/** A key and a certificate, as PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes a key and a certificate that it signed for itself, valid from now for this many hours (below 0: expired). */
export async function selfSigned(names: readonly string[], hours = 1): Promise<Identity> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const hour = 3_600_000;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0]}`,
    notBefore: new Date(Date.now() - 48 * hour),
    notAfter: new Date(Date.now() + hours * hour),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[\d.]+$/.test(value) ? "ip" : "dns", value })),
      ),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}(?=.)/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  return { key, certificate: certificate.toString("pem") };
}

/** A server that can be ended with every connection. */
export interface Running {
  readonly port: number;
  close(): Promise<void>;
}

/** TLS in front of an http service. */
export function startTls(identity: Identity, target: URL): Promise<Running> {
  return run(
    createTlsServer({ key: identity.key, cert: identity.certificate }, (socket) => {
      pipeBoth(socket, connect(Number(target.port), target.hostname));
    }),
  );
}

/** A proxy that knows CONNECT only and leads every name to one port of this machine. */
export interface Proxy extends Running {
  /** The head of each request, with its headers. */
  readonly asked: string[];
  /** Connections that are open. */
  readonly open: () => number;
}

/** Starts a proxy; with a status it refuses every CONNECT, with an identity it is spoken to in TLS. */
export async function startProxy(
  port: number,
  options: { status?: number; identity?: Identity } = {},
): Promise<Proxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const { identity, status } = options;
  const serve = (socket: Socket): void => {
    open.add(socket);
    socket.once("close", () => open.delete(socket)).on("error", () => undefined);
    // A caller sends nothing more before the answer, so the first piece is the whole head.
    socket.once("data", (head: Buffer) => {
      const [line = "", ...headers] = head.toString().split("\r\n");
      const user = headers.find((header) => /^proxy-authorization:/i.test(header))?.replace(/^[^:]*: */, "");
      asked.push([line.replace(/ HTTP.*$/, ""), ...(user ? [user] : [])].join(" "));
      if (status) socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      else {
        socket.write("HTTP/1.1 200 Connected\r\n\r\n");
        pipeBoth(socket, connect(port, "127.0.0.1"));
      }
    });
  };
  const front: Server = identity
    ? createTlsServer({ key: identity.key, cert: identity.certificate }, serve)
    : createTcpServer(serve);
  return { ...(await run(front)), asked, open: () => open.size };
}

async function run(server: Server): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function pipeBoth(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.once("close", () => to.destroy());
    from.pipe(to);
  }
}
