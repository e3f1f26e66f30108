import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { receiptFile } from "../../lib/waiter/receipt";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "receipt-"));
const RECEIPT = { taskId: "t-1", startedAt: "2026-11-24T00:00:00.000Z", done: false };

test("a receipt is read back by whoever asks with the same request, and by nobody else", () => {
  const place = folder();
  receiptFile(place, "inventory", "request one").write(RECEIPT);
  expect(receiptFile(place, "inventory", "request one").read()).toEqual(RECEIPT);
  expect(receiptFile(place, "inventory", "request two").read()).toBeUndefined();
  expect(receiptFile(place, "other", "request one").read()).toBeUndefined();
});

test("a receipt that is absent or malformed is none", () => {
  const place = folder();
  const file = receiptFile(place, "inventory", "r");
  expect(file.read()).toBeUndefined();
  file.write(RECEIPT);
  writeFileSync(path.join(place, "bdrc-task", "inventory.json"), '{"request":"r","taskId":7}');
  expect(file.read()).toBeUndefined();
  writeFileSync(path.join(place, "bdrc-task", "inventory.json"), "{half");
  expect(file.read()).toBeUndefined();
});

test("a receipt is replaced as a whole, and no half of one is left beside it", () => {
  const place = folder();
  const file = receiptFile(place, "inventory", "r");
  file.write(RECEIPT);
  file.write({ ...RECEIPT, done: true });
  expect(file.read()).toEqual({ ...RECEIPT, done: true });
  expect(readdirSync(path.join(place, "bdrc-task"))).toEqual(["inventory.json"]);
});
