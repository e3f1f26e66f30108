import { PassThrough } from "node:stream";
import { readInput } from "../../lib/waiter/read-input";

const QUERY = '{"task_id":"t-1","region_id":"cn-shanghai"}';

beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] }));
afterEach(() => jest.useRealTimers());

async function read(
  chunks: readonly (string | Buffer)[],
  end: boolean,
): Promise<{ text?: string; error?: unknown }> {
  const input = new PassThrough();
  const seen: { text?: string; error?: unknown } = {};
  void readInput(input).then(
    (text) => (seen.text = text),
    (error: unknown) => (seen.error = error),
  );
  for (const chunk of chunks) {
    input.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (end) input.end();
  await new Promise((resolve) => setImmediate(resolve));
  return seen;
}
const later = async (milliseconds: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(milliseconds);
};

test("an input that ends is read to its end, also where a character is cut", async () => {
  const bytes = Buffer.from('{"a":"你"}');
  expect(await read([bytes.subarray(0, 7), bytes.subarray(7)], true)).toEqual({ text: '{"a":"你"}' });
  expect(jest.getTimerCount()).toBe(0);
});

test("an input that stays open is done a second after a whole query", async () => {
  const seen = await read([QUERY.slice(0, 9), QUERY.slice(9)], false);
  await later(900);
  expect(seen).toEqual({});
  await later(200);
  expect(seen).toEqual({ text: QUERY });
  expect(jest.getTimerCount()).toBe(0);
});

test("what comes after a whole query in that second belongs to it, so that it is refused as always", async () => {
  const seen = await read([QUERY, " and more"], false);
  await later(2000);
  expect(seen).toEqual({});
  await later(30_000);
  expect(seen).toEqual({ text: `${QUERY} and more` });
});

test("an input without a query is given up after half a minute", async () => {
  const seen = await read([], false);
  await later(29_000);
  expect(seen).toEqual({});
  await later(1500);
  expect(seen).toEqual({ text: "" });
});

test("an input that never ends is refused before it fills the memory", async () => {
  const seen = await read([Buffer.alloc(2 * 1024 * 1024, "x")], false);
  expect(seen.error).toMatchObject({ name: "QueryError" });
  expect(String(seen.error)).toContain("The waiter's query is too long.");
});
