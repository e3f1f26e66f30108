import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AloneError, claimFiles, type Claims } from "../../lib/waiter/turns/claims";
import { beginOfTick, slot, slotAt } from "../../lib/waiter/turns/slots";

const DATE = Date.UTC(2026, 2, 30);
const USER = process.getuid?.() ?? 0;
const tickAt = (date: number): number => slot(slotAt(date, 5), 5).tick;

/** A temporary folder that is as private as a test's can be. */
const temporary = (): string => mkdtempSync(path.join(tmpdir(), "claims-"));
const folderOf = (place: string): string => path.join(place, `bdrc-task-${USER}`);
const opened = (place: string, name = "name"): Claims => {
  const claims = claimFiles(name, place);
  claims.open(DATE);
  return claims;
};

test("a tick is taken once by all that have the same name, and by each of those that have not", () => {
  const place = temporary();
  const [one, other, stranger] = [opened(place), opened(place), opened(place, "other")];
  expect(one.claim(7)).toBe(true);
  expect(other.claim(7)).toBe(false);
  expect(stranger.claim(7)).toBe(true);
});

test("nobody else may see or make anything in the folder, and the files hold nothing", () => {
  const place = temporary();
  opened(place).claim(7);
  expect(statSync(folderOf(place)).mode & 0o777).toBe(0o700);
  const file = statSync(path.join(folderOf(place), "name-7"));
  expect([file.mode & 0o777, file.size]).toEqual([0o600, 0]);
});

test("what is over is taken away, and so is what a clock that was set back has left in times to come", () => {
  const place = temporary();
  const claims = opened(place);
  const ticks = [-60, -16, -9, 0, 1, 2, 3600].map((seconds) => tickAt(DATE + seconds * 1000));
  ticks.forEach((tick) => claims.claim(tick));
  writeFileSync(path.join(folderOf(place), "whatever"), "");
  claims.open(DATE);
  const left = readdirSync(folderOf(place)).map((name) => Number(name.split("-").at(-1)));
  const seconds = left.filter((tick) => !Number.isNaN(tick)).map((tick) => beginOfTick(tick) - DATE);
  expect(seconds.map((ms) => Math.round(ms / 1000) + 0).sort((a, b) => a - b)).toEqual([-9, 0, 1]);
});

test("thousands of claims that were left are taken away over several turns, not in one", () => {
  const place = temporary();
  const claims = opened(place);
  for (let tick = 0; tick < 1000; tick += 1) claims.claim(tick);
  const counts = Array.from({ length: 6 }, () => {
    claims.open(DATE);
    return readdirSync(folderOf(place)).length;
  });
  expect(counts).toEqual([800, 600, 400, 200, 0, 0]);
});

const spoilt: [string, (place: string) => void, RegExp][] = [
  [
    "a link to a folder of this user's",
    (place) => {
      mkdirSync(path.join(place, "target"), 0o700);
      symlinkSync("target", folderOf(place));
    },
    /bdrc-task-\d+ is not a folder$/,
  ],
  ["a link to nowhere", (place) => symlinkSync("nowhere", folderOf(place)), /is not a folder$/],
  ["a file", (place) => writeFileSync(folderOf(place), ""), /is not a folder$/],
  [
    "a folder that others may write to",
    (place) => {
      mkdirSync(folderOf(place));
      chmodSync(folderOf(place), 0o770);
    },
    /is open to others$/,
  ],
  ["a temporary folder in which everybody may move everything", (place) => chmodSync(place, 0o777), /others/],
];
test.each(spoilt)("%s in the place of the folder is not used", (_, spoil, reason) => {
  const place = temporary();
  spoil(place);
  const before = readdirSync(place);
  expect(() => opened(place)).toThrow(AloneError);
  expect(() => opened(place)).toThrow(reason);
  expect(readdirSync(place)).toEqual(before);
});

test("a folder of another user's is not used", () => {
  const place = temporary();
  // The folder is this user's, which is not the one that asks.
  mkdirSync(path.join(place, `bdrc-task-${USER + 1}`), 0o700);
  chmodSync(place, 0o1777);
  const claims = claimFiles("name", place, USER + 1);
  expect(() => claims.open(DATE)).toThrow(USER === 0 ? `belongs to user ${USER}` : "others may move");
});

test("a temporary folder with the sticky bit is used, though everybody may write to it", () => {
  const place = temporary();
  chmodSync(place, 0o1777);
  expect(opened(place).claim(1)).toBe(true);
});

test("without a temporary folder nothing is shared, and the reason names the folder", () => {
  const place = path.join(temporary(), "absent");
  expect(() => opened(place)).toThrow(new AloneError(`${folderOf(place)} cannot be used: ENOENT`));
});

test("a folder that was taken away in between is made again", () => {
  const place = temporary();
  const claims = opened(place);
  expect(claims.claim(1)).toBe(true);
  rmSync(folderOf(place), { recursive: true });
  expect(() => claims.claim(2)).toThrow("ENOENT");
  claims.open(DATE);
  expect(claims.claim(2)).toBe(true);
});

test("a link in the place of a claim is not followed", () => {
  const place = temporary();
  const claims = opened(place);
  symlinkSync(path.join(place, "elsewhere"), path.join(folderOf(place), "name-9"));
  expect(claims.claim(9)).toBe(false);
  expect(readdirSync(place)).not.toContain("elsewhere");
});
