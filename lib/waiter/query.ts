import type { Endpoint } from "../protocol/endpoint";
import type { FindRequest } from "../protocol/find";
import type { StartRequest } from "../protocol/start";

/** What every query says: where to look, and for how long. */
export interface CommonQuery {
  readonly endpoint: Endpoint;
  readonly wait: boolean;
  readonly timeoutSeconds: number;
  readonly maxOutageSeconds: number;
  readonly remembered: boolean;
  readonly profile: string | undefined;
}

/** A checked query for one task. */
export interface WaitQuery extends CommonQuery {
  /** Empty only with `find`, when it is not known yet. */
  readonly taskId: string;
  /** How the task is found, or was found. */
  readonly find?: FindRequest;
  /** Why it is this task, in one line, when that is known already. */
  readonly choice?: string;
  /** Whether its result may be absent, since no page says what it is. @default - its type decides */
  readonly countless?: true;
}

/** A checked query for many tasks. */
export interface ManyQuery extends CommonQuery {
  /** At most 200, each once. */
  readonly taskIds: readonly string[];
  /** What all waits together may ask of the API. */
  readonly looksPerSecond: number;
}

/** A checked query for a task that is started at apply. */
export interface StartQuery extends CommonQuery {
  readonly start: StartRequest;
  /** The text of `start`, by which a receipt is recognized. */
  readonly request: string;
  /** The name of the receipt: letters, digits, `_` and `-`. */
  readonly receipt: string;
  /** A task that is under way or ended this many seconds ago at the most is taken instead. */
  readonly reuseSeconds?: number;
  /** Whether the task is started only, and waited for elsewhere. */
  readonly startOnly: boolean;
  /** See {@link WaitQuery.countless}. */
  readonly countless?: true;
}

/** Any checked query. */
export type AnyQuery = WaitQuery | ManyQuery | StartQuery;

/** What a query waits for, apart from where and how long. */
export type What =
  | Omit<WaitQuery, keyof CommonQuery>
  | Omit<ManyQuery, keyof CommonQuery>
  | Omit<StartQuery, keyof CommonQuery>;
