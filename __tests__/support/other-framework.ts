import type * as Cdktf from "cdktf";
import { FRAMEWORK } from "../../lib/package-name";

/** The framework that this test does not run with, by a path, which no mapping of names changes. */
export const OTHER = FRAMEWORK === "cdktf" ? "cdktn" : "cdktf";

/** Its package. */
export function otherFramework(): typeof Cdktf {
  return jest.requireActual<typeof Cdktf>(`../../node_modules/${OTHER}`);
}
