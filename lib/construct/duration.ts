import { errorText } from "../graph/errors";

/** A length of time, so that a prop says its unit where it is written: `Duration.minutes(90)`. */
export class Duration {
  /**
   * A length in seconds.
   *
   * @param amount any number from 0, fractions too
   * @throws Error when the amount is negative or not a number
   */
  static seconds(amount: number): Duration {
    return new Duration(amount, 1, "seconds");
  }

  /**
   * A length in minutes.
   *
   * @param amount any number from 0, fractions too
   * @throws Error when the amount is negative or not a number
   */
  static minutes(amount: number): Duration {
    return new Duration(amount, 60, "minutes");
  }

  /**
   * A length in hours.
   *
   * @param amount any number from 0, fractions too
   * @throws Error when the amount is negative or not a number
   */
  static hours(amount: number): Duration {
    return new Duration(amount, 3600, "hours");
  }

  /**
   * A length in days of 24 hours.
   *
   * @param amount any number from 0, fractions too
   * @throws Error when the amount is negative or not a number
   */
  static days(amount: number): Duration {
    return new Duration(amount, 86_400, "days");
  }

  /** @throws Error when the amount is negative or not a number */
  private constructor(
    private readonly amount: number,
    private readonly unitSeconds: number,
    private readonly unit: string,
  ) {
    if (!Number.isFinite(amount) || amount < 0) {
      throw new Error(
        errorText("BAD_CONFIGURATION", `Duration.${unit}(${amount}) is not possible.`, [
          ["Expected", "a number from 0"],
        ]),
      );
    }
  }

  /** The length in seconds, to the millisecond. */
  toSeconds(): number {
    return Math.round(this.amount * this.unitSeconds * 1000) / 1000;
  }

  /** The length as it was written, such as `90 minutes`. */
  toString(): string {
    return `${this.amount} ${this.unit}`;
  }
}
