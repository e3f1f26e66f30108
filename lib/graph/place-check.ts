import { TerraformElement } from "../framework";
import type { Construct } from "constructs";
import { errorText } from "./errors";
import { localOf } from "./local";
import type { ProblemCode } from "../protocol/problem";

/** What a {@link PlaceCheck} compares; all of them expressions. */
export interface PlacesToCompare {
  /** Where the result is kept. */
  readonly snapshot: string;
  /** The look of this run. */
  readonly look: string;
  /** True in runs after the one that planned the wait: before, there is nothing kept, and maybe nothing known. */
  readonly earlier: string;
}

/**
 * Warns when the kept result is from another place than the one that is asked now: another region or endpoint with
 * the same task id keeps the result, since the task's record may have expired long since.
 *
 * A `check` block, which can do nothing but warn: whatever the new place says, the gate stays as it is.
 */
export class PlaceCheck extends TerraformElement {
  private readonly block: object;

  constructor(scope: Construct, id: string, places: PlacesToCompare) {
    super(scope, id);
    const { snapshot, look, earlier } = places;
    const kept = `${snapshot}.input`;
    const placeOf = (result: string): string => `lookup(${result}, "place", "")`;
    // Results that earlier versions kept, and those of a test's mock, tell no place.
    const isSame = `contains(["", ${placeOf(look)}], ${placeOf(kept)}) || ${placeOf(look)} == ""`;
    const open = localOf(scope, "same_place", `\${${earlier} ? try(${isSame}, true) : true}`);
    const text = errorText(
      `The kept result is from \${try(${kept}.place, "another place")}, and \${try(${look}.place, "this one")} is asked now.`,
      [
        ["Code", "OTHER_PLACE" satisfies ProblemCode],
        ["Kept", `\${try(${kept}.status, "")}, and it stays: the same task id is the same wait`],
        [
          "There",
          `\${try(split("\\n", ${look}.problem)[0] == "" ? ${look}.status : split("\\n", ${look}.problem)[0], "nothing")}`,
        ],
        [
          "Next",
          `nothing, if it is the same task; else take what is there with -replace=${snapshot}, or give another id`,
        ],
      ],
    );
    this.block = { assert: { condition: `\${${open}}`, error_message: text } };
  }

  override toTerraform(): object {
    return { check: { [this.friendlyUniqueId]: this.block } };
  }
}
