import { QUERY_KEYS } from "../../lib/protocol/query";
import { RESULT_KEYS } from "../../lib/protocol/result";
import {
  isPending,
  isTerminal,
  NOT_FOUND,
  PENDING_STATUSES,
  TERMINAL_STATUSES,
  UNREADABLE,
} from "../../lib/protocol/status";

test("each status that the API documents is pending or terminal, and never both", () => {
  for (const status of PENDING_STATUSES)
    expect([isPending(status), isTerminal(status)]).toEqual([true, false]);
  for (const status of TERMINAL_STATUSES)
    expect([isPending(status), isTerminal(status)]).toEqual([false, true]);
});

test("our own words and unknown ones are neither", () => {
  for (const status of [NOT_FOUND, UNREADABLE, "", "complete", "COMPLETED", "CANCELLED", "constructor"]) {
    expect([isPending(status), isTerminal(status)]).toEqual([false, false]);
  }
});

test("keys are what both sides can write in Terraform without quoting", () => {
  for (const key of [...QUERY_KEYS, ...RESULT_KEYS]) expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
  expect(new Set(RESULT_KEYS).size).toBe(RESULT_KEYS.length);
  expect(new Set(QUERY_KEYS).size).toBe(QUERY_KEYS.length);
});
