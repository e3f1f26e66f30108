import { open, readdir, stat } from "node:fs/promises";
import * as path from "node:path";
import type { WaitEvent } from "../protocol/event";
import { ENVIRONMENT } from "../protocol/environment";
import { LineCutter, readEvent } from "./event-lines";
import { CliError } from "./text";

/** Where cdktf puts stacks; Terraform runs there, so a relative name in the variable leads there. */
export const STACKS = path.join("cdktf.out", "stacks");

/** A file of events that grows, read piece by piece. */
export class EventsFile {
  private position = 0;
  private readonly lines = new LineCutter();
  private found: string | undefined;

  /**
   * @param expected where the file is said to be while there is none
   * @param find gives the file as soon as there is one; asked again for each read until then
   */
  constructor(
    private readonly expected: string,
    private readonly find: () => Promise<string | undefined>,
  ) {}

  /** Where the file is, or else where it is expected first. */
  get file(): string {
    return this.found ?? this.expected;
  }

  /** Whether a read has found the file. */
  get exists(): boolean {
    return this.found !== undefined;
  }

  /**
   * The events since the last call, in their order; none while there is no file.
   *
   * @throws CliError when the file cannot be read
   */
  async read(): Promise<WaitEvent[]> {
    const bytes = await this.readBytes();
    return this.lines
      .take(bytes)
      .map(readEvent)
      .filter((event) => event !== undefined);
  }

  private async readBytes(): Promise<Buffer> {
    this.found ??= await this.find();
    if (this.found === undefined) return Buffer.alloc(0);
    try {
      const handle = await open(this.found, "r");
      try {
        const { size } = await handle.stat();
        if (size < this.position) {
          // Someone has emptied it.
          this.position = 0;
          this.lines.clear();
        }
        const bytes = Buffer.alloc(size - this.position);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.position);
        this.position += bytesRead;
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return Buffer.alloc(0);
      throw new CliError(
        `${this.file} cannot be read (${code}).`,
        [["Expected", `the file that ${ENVIRONMENT.events} names where the waiter runs`]],
        "BAD_INPUT",
      );
    }
  }
}

/**
 * Finds the file of events: the one that is named, else the one that BDRC_TASK_EVENTS names, else the newest file of
 * events in this folder or in a stack's folder below cdktf.out.
 *
 * A named file need not exist yet: the waiter makes it. A relative name is looked for in the stacks' folders, too, since
 * the waiter takes it from there.
 *
 * @throws CliError when nothing is named and nothing is found
 */
export async function findEventsFile(
  named: string | undefined,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<EventsFile> {
  const inStacks = async (name: string): Promise<string[]> =>
    (await stacksIn(folder)).map((stack) => path.resolve(stack, name));
  if (named !== undefined) {
    const here = path.resolve(folder, named);
    return new EventsFile(here, async () => (await newest([here])) ?? newest(await inStacks(named)));
  }
  const variable = environment[ENVIRONMENT.events];
  if (variable) {
    const here = path.resolve(folder, variable);
    return new EventsFile(here, async () => newest([here, ...(await inStacks(variable))]));
  }
  const places = await Promise.all(
    [folder, ...(await stacksIn(folder))].map(async (place) =>
      (await list(place))
        .filter((name) => /\.(ndjson|jsonl)$/.test(name))
        .map((name) => path.join(place, name)),
    ),
  );
  const held = await Promise.all(
    places.flat().map(async (file) => ((await holdsEvents(file)) ? [file] : [])),
  );
  const found = await newest(held.flat());
  if (found !== undefined) return new EventsFile(found, () => Promise.resolve(found));
  throw new CliError(
    "No file of events was found.",
    [
      ["Looked at", `${ENVIRONMENT.events}, *.ndjson and *.jsonl here and in ${path.join(STACKS, "*")}`],
      ["Next", `export ${ENVIRONMENT.events}="$PWD/bdrc-task-events.ndjson" here and where Terraform runs`],
    ],
    "BAD_INPUT",
  );
}

/** The folders of stacks below a folder; they come with a synth, so they are listed anew each time. */
async function stacksIn(folder: string): Promise<string[]> {
  return (await list(path.join(folder, STACKS))).map((name) => path.join(folder, STACKS, name));
}

/** Whether the first whole line of a file is an event. */
async function holdsEvents(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const begin = Buffer.alloc(4096);
      const { bytesRead } = await handle.read(begin, 0, begin.length, 0);
      const [line] = new LineCutter().take(begin.subarray(0, bytesRead));
      return line !== undefined && readEvent(line) !== undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

async function newest(files: readonly string[]): Promise<string | undefined> {
  const times = await Promise.all(
    files.map(async (file) => ({ file, time: (await stat(file).catch(() => undefined))?.mtimeMs })),
  );
  const there = times.filter(({ time }) => time !== undefined);
  return there.sort((a, b) => (b.time ?? 0) - (a.time ?? 0))[0]?.file;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
