import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  DEFAULT_LIMITS,
  exchanges,
  MAX_ANSWER_BYTES,
  read,
  request,
  TransportError,
  type CallLimits,
  type Exchange,
} from "../../lib/waiter/bdrc/transport";

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(async () => {
  jest.useRealTimers();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (server) {
    const closed = once(server, "close");
    server.close();
    await closed;
  }
  server = undefined;
});

async function listen(made: Server): Promise<string> {
  server = made;
  made.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(made.address() as AddressInfo).port}`;
}
const serve = (answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<string> =>
  listen(createHttpServer(answer));

async function failure(call: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TransportError) return error;
  throw new Error(`the call did not fail as expected: ${String(error)}`);
}

/** A server that the network needs a second to reach: the first packet of a connection is lost, as its queue is full. */
async function slowServer(): Promise<{ port: number; end: () => void }> {
  const script =
    'require("node:http").createServer((_, o) => o.end("{}")).listen({ port: 0, host: "127.0.0.1", backlog: 1 }, ' +
    'function () { console.log(this.address().port); setImmediate(() => process.kill(process.pid, "SIGSTOP")); })';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  const fill = Array.from({ length: 4 }, () =>
    connect({ port, host: "127.0.0.1" }).on("error", () => undefined),
  );
  setTimeout(() => child.kill("SIGCONT"), 600);
  return {
    port,
    end: () => {
      fill.forEach((socket) => socket.destroy());
      child.kill("SIGKILL");
    },
  };
}

test("a host is reached whose other address nobody can reach and whose own one takes longer than Node gives it", async () => {
  const { port, end } = await slowServer();
  const hosts = jest.spyOn(fs, "readFileSync").mockReturnValue("::1 dual.test\n127.0.0.1 dual.test\n");
  try {
    const begin = performance.now();
    expect((await request(`http://dual.test:${port}/`)).statusCode).toBe(200);
    // Else the network was not slow, and the test has shown nothing.
    expect(performance.now() - begin).toBeGreaterThan(300);
  } finally {
    hosts.mockRestore();
    end();
  }
});

describe("an answer", () => {
  test("its status, headers and body come back whole, also beside the SDK", async () => {
    const place = await serve((_, outgoing) => {
      outgoing.writeHead(404, { "X-Acs-Request-Id": "A", "set-cookie": ["a=1", "b=2"] });
      const bytes = Buffer.from('{"Message":"für 你好"}');
      // In the middle of a character.
      outgoing.write(bytes.subarray(0, 14));
      setImmediate(() => outgoing.end(bytes.subarray(14)));
    });
    const exchange: Exchange = { limits: DEFAULT_LIMITS };
    const response = await exchanges.run(exchange, () => request(`http://${place}/x`));
    expect(response).toMatchObject({ statusCode: 404, statusMessage: "Not Found" });
    expect(await read(response, "utf8")).toBe('{"Message":"für 你好"}');
    expect(await read(response, "")).toEqual(Buffer.from('{"Message":"für 你好"}'));
    expect(exchange.answer).toMatchObject({
      status: 404,
      body: '{"Message":"für 你好"}',
      headers: { "x-acs-request-id": "A", "set-cookie": "a=1, b=2" },
    });
  });

  test("a byte-order mark at its begin is none of it", async () => {
    const place = await serve((_, outgoing) => outgoing.end('\ufeff{"RequestId":"A"}'));
    const exchange: Exchange = { limits: DEFAULT_LIMITS };
    await exchanges.run(exchange, () => request(`http://${place}/x`));
    expect(exchange.answer?.body).toBe('{"RequestId":"A"}');
  });

  test.each<[string, (text: string) => Buffer]>([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["GZIP", gzipSync],
  ])("one that was packed as %s, which nobody asked for, is read", async (coding, pack) => {
    const place = await serve((_, outgoing) => {
      outgoing.writeHead(200, { "content-encoding": coding }).end(pack('{"RequestId":"A"}'));
    });
    const exchange: Exchange = { limits: DEFAULT_LIMITS };
    await exchanges.run(exchange, () => request(`http://${place}/x`));
    expect(exchange.answer?.body).toBe('{"RequestId":"A"}');
  });

  test.each([
    ["what is no gzip", "gzip", Buffer.from("plain")],
    ["a packing that nobody knows", "snappy", Buffer.from("plain")],
    ["one that unpacks to more than is read", "gzip", gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1))],
  ])("%s is a fault with a code", async (_, coding, bytes) => {
    const place = await serve((_incoming, outgoing) => {
      outgoing.writeHead(200, { "content-encoding": coding }).end(bytes);
    });
    expect(await failure(request(`http://${place}/x`))).toMatchObject({
      code: "PACKED",
      message: `the answer is packed as ${coding} and cannot be unpacked`,
    });
  });

  test("a redirect is not followed", async () => {
    let calls = 0;
    const place = await serve((_, outgoing) => {
      calls += 1;
      outgoing.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect((await request(`http://${place}/`)).statusCode).toBe(302);
    expect(calls).toBe(1);
  });

  test.each([
    ["a text", () => "a=1&b=2"],
    ["bytes", () => Buffer.from("a=1&b=2")],
    ["a stream", () => Readable.from(["a=1", "&b=2"])],
  ])("a body can be sent as %s", async (_, body) => {
    const place = await serve((incoming, outgoing) => incoming.pipe(outgoing));
    const response = await request(`http://${place}/`, { method: "POST", data: body() });
    expect(response.bytes.toString()).toBe("a=1&b=2");
  });

  test("looks at one place share one connection", async () => {
    const place = await serve((_, outgoing) => outgoing.end("{}"));
    for (let look = 0; look < 5; look += 1) await request(`http://${place}/`);
    expect(sockets.size).toBe(1);
  });

  test("a mebibyte is read, and not a byte more", async () => {
    let size = MAX_ANSWER_BYTES;
    const place = await serve((_, outgoing) => outgoing.end(Buffer.alloc(size)));
    expect((await request(`http://${place}/`)).bytes).toHaveLength(MAX_ANSWER_BYTES);
    size += 1;
    expect(await failure(request(`http://${place}/`))).toMatchObject({
      code: "TOO_LARGE",
      message: `${place} answered with more than 1048576 bytes`,
    });
  });

  test("an answer without an end is left at the cap", async () => {
    const place = await serve((_, outgoing) => {
      const more = (): void => {
        while (!outgoing.destroyed && outgoing.write(Buffer.alloc(65_536)));
        if (!outgoing.destroyed) outgoing.once("drain", more);
      };
      more();
    });
    expect((await failure(request(`http://${place}/`))).code).toBe("TOO_LARGE");
  });
});

describe("a line that fails", () => {
  test("nobody listens", async () => {
    const place = await serve(() => undefined);
    server?.close();
    expect(await failure(request(`http://${place}/`))).toMatchObject({
      code: "ECONNREFUSED",
      message: `nothing listens at ${place}`,
    });
  });

  test("it is closed before the first byte", async () => {
    const place = await serve((_, outgoing) => outgoing.socket?.resetAndDestroy());
    expect(await failure(request(`http://${place}/`))).toMatchObject({
      code: "ECONNRESET",
      message: `${place} closed the connection without an answer`,
    });
  });

  test.each([
    ["an orderly end", (socket: Socket | null) => socket?.end()],
    ["a reset", (socket: Socket | null) => socket?.resetAndDestroy()],
  ])("it is closed in the middle of the answer, with %s", async (_, end) => {
    const place = await serve((incoming, outgoing) => {
      outgoing.writeHead(200, { "content-length": "100" });
      outgoing.write('{"Data":', () => setImmediate(() => end(incoming.socket)));
    });
    expect(await failure(request(`http://${place}/`))).toMatchObject({
      code: "CUT_SHORT",
      message: `${place} ended its answer in the middle`,
    });
  });

  test("a kept connection that the other side closes at the moment of its next use is no fault: it is asked anew", async () => {
    const seen: (Socket | null)[] = [];
    const place = await serve((incoming, outgoing) => {
      const again = seen.includes(incoming.socket);
      seen.push(incoming.socket);
      if (again) incoming.socket.resetAndDestroy();
      else outgoing.end("fine");
    });
    await request(`http://${place}/`);
    expect((await request(`http://${place}/`)).statusCode).toBe(200);
    expect(seen).toHaveLength(3);
    expect(seen[1]).toBe(seen[0]);
  });

  test("asking anew takes its time out of the same limit", async () => {
    let now = 0;
    const clock = jest.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(now) * 1_000_000n);
    const seen: (Socket | null)[] = [];
    const place = await serve((incoming, outgoing) => {
      const again = seen.includes(incoming.socket);
      seen.push(incoming.socket);
      if (seen.length === 1) outgoing.end("fine");
      else if (again) {
        now = 9950;
        incoming.socket.resetAndDestroy();
      }
    });
    await request(`http://${place}/`);
    const limits = { ...DEFAULT_LIMITS, firstByte: 20_000, total: 10_000 };
    const { message } = await failure(exchanges.run({ limits }, () => request(`http://${place}/`)));
    clock.mockRestore();
    expect(message).toBe(`${place} did not answer in full within 50 ms`);
    expect(seen).toHaveLength(3);
  });

  test("what is no HTTP is told as it is", async () => {
    const place = await listen(createTcpServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n")));
    expect((await failure(request(`http://${place}/`))).code).toMatch(/^HPE_/);
  });

  test("a server that speaks no TLS is told as it is", async () => {
    const place = await serve(() => undefined);
    expect((await failure(request(`https://${place}/`))).code).toMatch(/^(ERR_SSL|EPROTO|ECONNRESET)/);
  });

  test("a header that cannot be sent is a defect, not a fault", async () => {
    const place = await serve(() => undefined);
    await expect(request(`http://${place}/`, { headers: { a: "b\nc" } })).rejects.toMatchObject({
      name: "TypeError",
    });
  });
});

describe("limits", () => {
  const LIMITS: CallLimits = { connect: 100, firstByte: 200, body: 300, total: 10_000 };

  /** Starts a call on timers that a test moves; sockets stay real. */
  function call(url: string, limits: Partial<CallLimits> = {}) {
    jest.useFakeTimers({
      doNotFake: [
        "nextTick",
        "setImmediate",
        "clearImmediate",
        "queueMicrotask",
        "performance",
        "Date",
        "hrtime",
        "setInterval",
        "clearInterval",
      ],
    });
    const failed = failure(exchanges.run({ limits: { ...LIMITS, ...limits } }, () => request(url)));
    let settled = false;
    void failed.finally(() => (settled = true));
    return { failed, isSettled: () => settled };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test("a server that never accepts TLS is left after the limit of the connection", async () => {
    const tcp = createTcpServer();
    const connected = once(tcp, "connection");
    const place = await listen(tcp);
    const { failed, isSettled } = call(`https://${place}/`);
    await connected;
    jest.advanceTimersByTime(99);
    await turn();
    expect(isSettled()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await failed).toMatchObject({
      code: "TIMEOUT",
      message: `${place} did not accept the connection within 100 ms`,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  test("a server that never answers is left after the limit of the first byte", async () => {
    const { promise, resolve } = withResolver();
    const place = await serve(resolve);
    const { failed, isSettled } = call(`http://${place}/`);
    await promise;
    jest.advanceTimersByTime(199);
    await turn();
    expect(isSettled()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await failed).toMatchObject({
      code: "TIMEOUT",
      message: `${place} did not begin to answer within 200 ms`,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  test("a body that drips is left after the limit of the body, however often a byte comes", async () => {
    let drip: ServerResponse | undefined;
    const place = await serve((_, outgoing) => {
      drip = outgoing;
      outgoing.write("{");
    });
    const { failed, isSettled } = call(`http://${place}/`);
    // Until the timer of the body has taken the place of that of the first byte.
    while (drip === undefined || jest.getTimerCount() !== 2) await turn();
    await turn();
    for (let byte = 0; byte < 5 && !isSettled(); byte += 1) {
      drip.write(" ");
      jest.advanceTimersByTime(60);
      await turn();
    }
    expect(await failed).toMatchObject({
      code: "TIMEOUT",
      message: `${place} did not end its answer within 300 ms`,
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  test("the whole call has a limit of its own, which may be no whole number", async () => {
    const { promise, resolve } = withResolver();
    const place = await serve(resolve);
    const { failed } = call(`http://${place}/`, { total: 50.7 });
    await promise;
    jest.advanceTimersByTime(51);
    expect(await failed).toMatchObject({
      code: "TIMEOUT",
      message: `${place} did not answer in full within 51 ms`,
    });
  });

  test("a call of the credentials package keeps its own, shorter limits", async () => {
    const { promise, resolve } = withResolver();
    const place = await serve(resolve);
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "performance", "Date"] });
    const failed = failure(request(`http://${place}/`, { readTimeout: 70, connectTimeout: 60 }));
    await promise;
    jest.advanceTimersByTime(70);
    expect((await failed).message).toBe(`${place} did not begin to answer within 70 ms`);
  });

  test("no timer is left behind after an answer", async () => {
    const place = await serve((_, outgoing) => outgoing.end("{}"));
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "performance", "Date"] });
    await exchanges.run({ limits: LIMITS }, () => request(`http://${place}/`));
    expect(jest.getTimerCount()).toBe(0);
  });
});

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
