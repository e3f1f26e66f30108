/** What one good look told the schedule. */
export interface SeenProgress {
  /** Milliseconds since the wait began. */
  readonly at: number;
  /** 0–10000 as the API gave it, or undefined when it gave none. */
  readonly progress: number | undefined;
  /**
   * Milliseconds since the task began, by the server's own StartTime and date; undefined when it did not tell.
   * A claim, and believed only as far as progress confirms it.
   */
  readonly age?: number | undefined;
}

/** A look with a progress that can be used. */
export interface UsableLook extends SeenProgress {
  readonly progress: number;
}

/** Progress of a task that is done; a task under way that claims it says nothing about its pace. */
export const DONE = 10_000;

/** Most looks that {@link remember} keeps. */
const KEPT_LOOKS = 256;

/**
 * The history with one more look, without the looks that no longer matter, so that it stays short in a long wait:
 * of a stretch without progress the first and the last look are kept, of very many looks every second older one.
 */
export function remember(history: readonly SeenProgress[], look: SeenProgress): SeenProgress[] {
  const [last, before] = [history.at(-1), history.at(-2)];
  const still = before !== undefined && before.progress === look.progress && last?.progress === look.progress;
  const kept = [...(still ? history.slice(0, -1) : history), look];
  if (kept.length <= KEPT_LOOKS) return kept;
  return kept.filter((_, index) => index % 2 === 0 || index > KEPT_LOOKS / 2);
}

/** The looks since progress last went backwards; those without a usable progress are as if they had not been. */
export function usableLooks(history: readonly SeenProgress[]): readonly UsableLook[] {
  let looks: UsableLook[] = [];
  for (const { at, progress, age } of history) {
    if (progress === undefined || !(progress >= 0 && progress < DONE)) continue;
    const last = looks.at(-1);
    if (last !== undefined && progress < last.progress) looks = [];
    looks.push({ at, progress, age });
  }
  return looks;
}
