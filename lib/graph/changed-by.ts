import type { IConstruct } from "constructs";
import { TerraformStack } from "../framework";

/**
 * Who changed an element, as far as that can be seen: overrides stand where everybody can read them, an assignment
 * leaves no trace.
 *
 * @param address of its block, such as `terraform_data.snapshot`
 * @param part the argument that was changed, such as `depends_on`
 */
export function changedBy(element: IConstruct, address: string, part: string): string {
  const [argument = ""] = part.split(".");
  if (argument in overridesOf(element)) return `an override of it: addOverride("${argument}…", …)`;
  const path =
    address.startsWith("data.") || /^(module|local|output)\./.test(address) ? address : `resource.${address}`;
  let inStack: unknown = overridesOf(TerraformStack.of(element));
  for (const key of path.replace(/^local\./, "locals.").split(".")) {
    inStack =
      typeof inStack === "object" && inStack !== null ? (inStack as Record<string, unknown>)[key] : undefined;
  }
  if (inStack !== undefined) return `an override of the stack: addOverride("${path}…", …)`;
  return "an aspect, or code that sets its properties";
}

function overridesOf(element: object): object {
  const { rawOverrides } = element as { rawOverrides?: unknown };
  return typeof rawOverrides === "object" && rawOverrides !== null ? rawOverrides : {};
}
