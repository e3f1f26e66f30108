import { TerraformLocal } from "../framework";
import type { Construct } from "constructs";
import { keepLocal } from "./kept";

/**
 * Puts a value into a local, and gives the expression that refers to it.
 *
 * Terraform prints whatever a failed condition refers to; a local that is false says less than what it is made of.
 */
export function localOf(scope: Construct, name: string, value: unknown): string {
  return `local.${keptLocal(scope, name, value).friendlyUniqueId}`;
}

/** Makes a local of a gate, which is written as it is made here, or not at all. */
export function keptLocal(scope: Construct, name: string, value: unknown): TerraformLocal {
  const local = new TerraformLocal(scope, name, value);
  keepLocal(local, value);
  return local;
}

/**
 * A value as a JSON text, which Terraform makes.
 *
 * By way of a local: cdktf does not escape the quotes of a text that stands inside of a function call.
 */
export function jsonOf(scope: Construct, name: string, value: unknown): string {
  return `\${jsonencode(${localOf(scope, name, value)})}`;
}
