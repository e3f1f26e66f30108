import { TerraformStack } from "../framework";
import type { IConstruct } from "constructs";
import { errorText } from "./errors";
import { blocksByAddress, type StackBlocks } from "./stack-blocks";

/**
 * The numbers that cdktf takes for tokens are near -1.9e289. What is left of one after a multiplication, a sign, a sum or
 * a text right behind it is no token any more, and is written as it is.
 */
const TOKEN_LIKE = /\d\.\d{6,}e\+2[4-9]\d/;

/** Where a written value holds what is left of a token, as names such as `input.size`. */
export function lostNumbers(value: unknown, name = ""): string[] {
  if (typeof value === "number") return TOKEN_LIKE.test(value.toExponential(15)) ? [name] : [];
  if (typeof value === "string") return TOKEN_LIKE.test(value) ? [name] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    lostNumbers(item, name === "" ? key : `${name}.${key}`),
  );
}

/**
 * A text for each stack of the app in which a number came out wrong.
 *
 * @param blocksOf gives a stack as it will be written
 */
export function lostNumbersOf(root: IConstruct, blocksOf: (stack: TerraformStack) => StackBlocks): string[] {
  const stacks = root.node.findAll().filter((node): node is TerraformStack => TerraformStack.isStack(node));
  return stacks.flatMap((stack) => {
    const places = [...blocksByAddress(blocksOf(stack))].flatMap(([address, block]) =>
      lostNumbers(block).map((name) => (name === "" ? address : `${address}: ${name}`)),
    );
    if (places.length === 0) return [];
    return [
      errorText(
        "BAD_CONFIGURATION",
        `JavaScript has computed with a number that only the plan knows, in the stack ${stack.node.path}.`,
        [
          [
            "Place",
            places.slice(0, 5).join(", ") + (places.length > 5 ? `, and ${places.length - 5} more` : ""),
          ],
          [
            "Next",
            "write Op.mul(task.totalCount, 2) and not task.totalCount * 2; Op and Fn have the others, too",
          ],
        ],
      ),
    ];
  });
}
