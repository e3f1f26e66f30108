/** The span over which calls are counted, in milliseconds; BDRC's quota page counts "per 1 second". */
const SPAN_MS = 1000;

/**
 * BDRC's request quota: so many calls of one operation in any second.
 *
 * Source: page "Quota" of BDRC API 2023-08-08, 10 requests per second for each operation, shared by all users
 * of an account. It says nothing of bursts, so that none is allowed here; refused calls do not count.
 */
export class Quota {
  private readonly taken = new Map<string, number[]>();

  /** @param perSecond calls of one operation in any second; 0 is no limit. */
  constructor(private readonly perSecond: number) {}

  /** Takes one call at a moment (milliseconds); gives 0 when it is in the quota, else the milliseconds to wait. */
  take(operation: string, now: number): number {
    if (this.perSecond === 0) return 0;
    const recent = (this.taken.get(operation) ?? []).filter((at) => at > now - SPAN_MS);
    this.taken.set(operation, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= this.perSecond) return Math.ceil(oldest + SPAN_MS - now);
    recent.push(now);
    return 0;
  }
}
