/**
 * The framework that this package is made for, by the name of its package. The one word, beside the one in
 * framework.ts, that is another one in the twin package: scripts/twin.cjs changes both.
 */
export const FRAMEWORK: string = "cdktf";

/** The name of this package. */
export const PACKAGE = `${FRAMEWORK}-bdrc-task`;
