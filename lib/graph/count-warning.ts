import { Annotations, type TerraformLocal, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { madeBy } from "./made-by";
import { blocksByAddress } from "./stack-blocks";
import { StackGuard } from "./stack-guard";

/** A task that is waited for at apply, and the local through which every value of it goes. */
interface Awaited {
  readonly scope: Construct;
  readonly result: TerraformLocal;
}

const awaited = new WeakMap<TerraformStack, Awaited[]>();

/**
 * Warns, at synth, of every `count` and `for_each` that takes a value of a task which is waited for at apply.
 *
 * Terraform has to know both at plan. The value is unknown then unless the task has already ended, and a destroy
 * fails when it cannot be known any more.
 *
 * @param result the local through which every value of the task goes
 */
export function warnOfCounts(scope: Construct, result: TerraformLocal): void {
  const stack = TerraformStack.of(scope);
  const present = awaited.get(stack);
  if (present) {
    present.push({ scope, result });
    return;
  }
  const all = [{ scope, result }];
  awaited.set(stack, all);
  // One validation for all tasks of a stack: to look at what is written takes the longer the more there are.
  stack.node.addValidation({
    validate: () => {
      warnIn(stack, all);
      return [];
    },
  });
}

function warnIn(stack: TerraformStack, all: readonly Awaited[]): void {
  const written = StackGuard.of(stack).blocks();
  const blocks = blocksByAddress(written);
  const tasks = all.map(({ scope, result }) => ({
    scope,
    locals: localsFrom(result.friendlyUniqueId, written.locals ?? {}),
  }));
  for (const element of stack.node.findAll()) {
    const counts = madeBy(element)
      .addresses.map((address) => blocks.get(address) as Block | undefined)
      .flatMap((block) => [block?.["count"], block?.["for_each"]])
      .filter((count) => count !== undefined);
    if (counts.length === 0) continue;
    for (const { scope } of tasks.filter(({ locals }) => counts.some((count) => uses(count, locals)))) {
      Annotations.of(element).addWarning(
        `Its count comes from ${scope.node.path}, which is waited for at apply: Terraform must know a count at plan, ` +
          "so this works only when the task has ended by then, and a destroy can fail. Use WaitAt.PLAN for counts.",
      );
    }
  }
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
