import { open, readdir, stat } from "node:fs/promises";
import * as path from "node:path";
import type { WaitEvent } from "../protocol/event";
import { ENVIRONMENT } from "../protocol/environment";
import { LineCutter, readEvent } from "./event-lines";
import { CliError } from "./text";

/** Where events come from. */
export interface EventsSource {
  /** What it is, for a person. @param folder the folder that paths are shown from */
  name(folder: string): string;
  /** Whether a read has found anything that can hold events. */
  readonly exists: boolean;
  /** The events since the last call, in their order. @throws CliError when a file that is named cannot be read */
  read(): Promise<WaitEvent[]>;
}

/** A file of events that grows, read piece by piece. */
export class EventsFile implements EventsSource {
  private position = 0;
  private readonly lines = new LineCutter();
  private found: string | undefined;

  /**
   * @param expected where the file is said to be while there is none
   * @param find gives the file as soon as there is one; asked again for each read until then
   */
  constructor(
    private readonly expected: string,
    private readonly find: () => Promise<string | undefined> = () => Promise.resolve(expected),
  ) {}

  name(folder: string): string {
    return shownFrom(folder, this.found ?? this.expected);
  }

  get exists(): boolean {
    return this.found !== undefined;
  }

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
      if ((await stat(this.found)).size === this.position) return Buffer.alloc(0);
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
        `${this.found} cannot be read (${code}).`,
        [["Expected", `a file or a folder that ${ENVIRONMENT.events} names where the waiter runs`]],
        "BAD_INPUT",
      );
    }
  }
}

/** A folder in which each waiter has a file of its own, and each run of a command a folder of such files. */
export class EventsFolder implements EventsSource {
  private readonly files = new Map<string, EventsFile>();
  /** Also while it holds nothing: a waiter can begin at any moment. */
  readonly exists = true;

  /** @param called what it is, for a person */
  constructor(
    private readonly folder: string,
    private readonly called?: string,
  ) {}

  name(folder: string): string {
    return this.called ?? shownFrom(folder, this.folder);
  }

  async read(): Promise<WaitEvent[]> {
    for (const file of await filesBelow(this.folder)) {
      if (!this.files.has(file)) this.files.set(file, new EventsFile(file));
    }
    // What cannot be read there is nobody's who waits.
    const read = [...this.files.values()].map((file) => file.read().catch(() => []));
    return (await Promise.all(read)).flat().sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  }
}

/** The files of events in a folder and in the folders in it. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) return entry.name.endsWith(".ndjson") && entry.isFile() ? [place] : [];
    return (await list(place))
      .filter((name) => name.endsWith(".ndjson"))
      .map((name) => path.join(place, name));
  });
  return (await Promise.all(found)).flat();
}

/** A file as its user names it: from here when it is below this folder, else by its whole path. */
function shownFrom(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  const isBelow = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  return isBelow ? relative : file;
}

/** Several sources as one. */
export class EventsOfAll implements EventsSource {
  constructor(private readonly sources: readonly EventsSource[]) {}

  name(folder: string): string {
    return this.sources.map((source) => source.name(folder)).join(" and ");
  }

  get exists(): boolean {
    return this.sources.some((source) => source.exists);
  }

  async read(): Promise<WaitEvent[]> {
    return (await Promise.all(this.sources.map((source) => source.read()))).flat();
  }
}

/** A file or a folder that is named from some folder; it may come later. */
export async function eventsAt(
  named: string,
  find: () => Promise<string | undefined>,
): Promise<EventsSource> {
  const isFolder = (await stat(named).catch(() => undefined))?.isDirectory() === true;
  return isFolder ? new EventsFolder(named) : new EventsFile(named, find);
}

/** The newest of some files; undefined when there is none of them. */
export async function newest(files: readonly string[]): Promise<string | undefined> {
  const times = await Promise.all(
    files.map(async (file) => ({ file, time: (await stat(file).catch(() => undefined))?.mtimeMs })),
  );
  const there = times.filter(({ time }) => time !== undefined);
  return there.sort((a, b) => (b.time ?? 0) - (a.time ?? 0))[0]?.file;
}

/** The names in a folder; none when it cannot be read. */
export async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
