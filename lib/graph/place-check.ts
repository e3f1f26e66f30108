import { TerraformElement } from "../framework";
import type { Construct } from "constructs";
import { errorText } from "./errors";
import { localOf } from "./local";
import type { TerraformData } from "./terraform-data";

/** What a {@link PlaceCheck} compares. */
export interface PlacesToCompare {
  /** Where the result is kept. */
  readonly snapshot: TerraformData;
  /** The result of this run's look, an expression. */
  readonly look: string;
  /** An expression that is true in runs after the one that planned the wait: before, there is nothing kept, and maybe nothing known. */
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
    const kept = `${snapshot.fqn}.input`;
    const address = `${snapshot.terraformResourceType}.${snapshot.friendlyUniqueId}`;
    const placeOf = (result: string): string => `lookup(${result}, "place", "")`;
    // Results that earlier versions kept, and those of a test's mock, tell no place.
    const isSame = `contains(["", ${placeOf(look)}], ${placeOf(kept)}) || ${placeOf(look)} == ""`;
    const open = localOf(scope, "same_place", `\${${earlier} ? try(${isSame}, true) : true}`);
    const before = `\${try(${kept}.place, "another place")}`;
    const now = `\${try(${look}.place, "this one")}`;
    const text = errorText("OTHER_PLACE", `The kept result is from ${before}, and ${now} is asked now.`, [
      ["Kept", `\${try(${kept}.status, "")}, and it stays: the same task id is the same wait`],
      [
        "There",
        `\${try(split("\\n", ${look}.problem)[0] == "" ? ${look}.status : split("\\n", ${look}.problem)[0], "nothing")}`,
      ],
      [
        "Next",
        `nothing, if it is the same task; else take what is there with -replace=${address}, or give another id`,
      ],
    ]);
    this.block = { assert: { condition: `\${${open}}`, error_message: text } };
  }

  override toTerraform(): object {
    return { check: { [this.friendlyUniqueId]: this.block } };
  }
}
