import { Annotations, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { blocksByAddress } from "./stack-blocks";
import { StackGuard } from "./stack-guard";
import { TerraformData } from "./terraform-data";

/**
 * Warns, at synth, of every resource from which the id of a task comes that is waited for at apply: Terraform spreads
 * the create-before-destroy of the wait to whatever it needs, so that a replacement makes the new one while the old
 * one is still there. Without it a new task that fails would take the kept result with it: Terraform would have
 * destroyed that first. Between stacks nothing is spread.
 *
 * What is create-before-destroy anyway is passed over.
 *
 * @param wait the address of the resource that waits
 * @param exists whether the task is there before the apply, so that it could be waited for at plan
 */
export function warnOfOrder(scope: Construct, wait: string, exists: boolean): void {
  const otherwise = exists
    ? "put the task into a stack of its own or use WaitAt.PLAN."
    : "put the task into a stack of its own.";
  StackGuard.of(TerraformStack.of(scope)).watch(({ blocks, references, makers }) => {
    const isOwn = (address: string): boolean => makers.get(address)?.node.scopes.includes(scope) ?? false;
    const createdFirst = [...blocksByAddress(blocks)]
      .filter(([address, block]) => isCreatedFirst(block) && !isOwn(address))
      .map(([address]) => address);
    const anyway = neededBy(references, createdFirst);
    const changed = [...neededBy(references, [wait])].filter(
      (address) => !anyway.has(address) && !address.startsWith("data.") && !isOwn(address),
    );
    for (const element of new Set(changed.map((address) => makers.get(address)))) {
      // A part of another gate is nobody's to look after.
      if (element === undefined || element instanceof TerraformData) continue;
      Annotations.of(element).addWarning(
        `It becomes create-before-destroy, since ${scope.node.path} needs it and waits at apply: when it is replaced, ` +
          `the new one is made while the old one is still there. Where two cannot be at once, ${otherwise}`,
      );
    }
  });
}

/** These blocks, and everything that they need, also by way of others. */
function neededBy(
  references: ReadonlyMap<string, ReadonlySet<string>>,
  addresses: readonly string[],
): ReadonlySet<string> {
  const needed = new Set(addresses);
  // A set is gone through with what is added on the way.
  for (const address of needed) references.get(address)?.forEach((next) => needed.add(next));
  return needed;
}

function isCreatedFirst(block: unknown): boolean {
  const { lifecycle } = (block ?? {}) as { lifecycle?: { create_before_destroy?: unknown } };
  return lifecycle?.create_before_destroy === true;
}
