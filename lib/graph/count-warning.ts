import { Annotations, type TerraformLocal, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { blocksByAddress } from "./stack-blocks";
import { StackGuard } from "./stack-guard";

/**
 * Warns, at synth, of every `count` and `for_each` that takes a value of a task which is waited for at apply.
 *
 * Terraform has to know both at plan. The value is unknown then unless the task has already ended, and a destroy
 * fails when it cannot be known any more.
 *
 * @param result the local through which every value of the task goes
 */
export function warnOfCounts(scope: Construct, result: TerraformLocal): void {
  StackGuard.of(TerraformStack.of(scope)).watch(({ blocks, makers }) => {
    const locals = localsFrom(result.friendlyUniqueId, blocks.locals ?? {});
    const counted = [...blocksByAddress(blocks)].filter(([, value]) => {
      const block = value as Block | undefined;
      return uses(block?.["count"], locals) || uses(block?.["for_each"], locals);
    });
    for (const element of new Set(counted.map(([address]) => makers.get(address)))) {
      if (element === undefined) continue;
      Annotations.of(element).addWarning(
        `Its count comes from ${scope.node.path}, which is waited for at apply: Terraform must know a count at plan, ` +
          "so this works only when the task has ended by then, and a destroy can fail. Use WaitAt.PLAN for counts.",
      );
    }
  });
}

type Block = Readonly<Record<string, unknown>>;

/** A local, and all those that are made from it, also by way of others. */
function localsFrom(name: string, locals: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const found = new Set([name]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [other, value] of Object.entries(locals)) if (uses(value, found)) found.add(other);
  }
  return found;
}

function uses(value: unknown, locals: ReadonlySet<string>): boolean {
  const names = [...(JSON.stringify(value) ?? "").matchAll(/\blocal\.([\p{ID_Continue}-]+)/gu)].map(
    ([, name]) => name ?? "",
  );
  return names.some((name) => locals.has(name));
}
