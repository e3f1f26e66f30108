import { Annotations, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { StackGuard } from "./stack-guard";

/**
 * Warns, at synth, of every resource from which the id of a task comes that is waited for at apply: Terraform spreads
 * the create-before-destroy of the wait to whatever it needs, so that a replacement makes the new one while the old
 * one is still there. Without it a new task that fails would take the kept result with it.
 *
 * @param wait the address of the resource that waits
 */
export function warnOfOrder(scope: Construct, wait: string): void {
  StackGuard.of(TerraformStack.of(scope)).watch(({ references, makers }) => {
    const needed = new Set<string>();
    const left = [wait];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      for (const address of references.get(next) ?? []) {
        if (!needed.has(address)) left.push(address);
        needed.add(address);
      }
    }
    const resources = [...needed].filter((address) => !address.startsWith("data."));
    for (const element of new Set(resources.map((address) => makers.get(address)))) {
      if (element === undefined || element.node.scopes.includes(scope)) continue;
      Annotations.of(element).addWarning(
        `It becomes create-before-destroy, since ${scope.node.path} needs it and waits at apply: when it is replaced, ` +
          "the new one is made while the old one is still there. Where two cannot be at once, use WaitAt.PLAN.",
      );
    }
  });
}
