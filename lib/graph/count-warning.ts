import {
  Annotations,
  TerraformDataSource,
  type TerraformLocal,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import type { Construct } from "constructs";

/**
 * Warns, at synth, of every `count` and `for_each` that takes a value of a task which is waited for at apply.
 *
 * Terraform has to know both at plan. The value is unknown then unless the task has already ended, and a destroy
 * fails when it cannot be known any more.
 *
 * @param result the local through which every value of the task goes
 */
export function warnOfCounts(scope: Construct, result: TerraformLocal): void {
  scope.node.addValidation({
    validate: () => {
      const stack = TerraformStack.of(scope);
      const { resource = {}, data = {} } = stack.toTerraform() as Blocks;
      const uses = (value: unknown): boolean =>
        JSON.stringify(value ?? "").includes(`local.${result.friendlyUniqueId}.`);
      for (const element of stack.node.findAll()) {
        const isData = TerraformDataSource.isTerraformDataSource(element);
        if (!isData && !TerraformResource.isTerraformResource(element)) continue;
        const block = (isData ? data : resource)[element.terraformResourceType]?.[element.friendlyUniqueId];
        if (uses(block?.["count"]) || uses(block?.["for_each"])) {
          Annotations.of(element).addWarning(
            `Its count comes from ${scope.node.path}, which is waited for at apply: Terraform must know a count at plan, ` +
              "so this works only when the task has ended by then, and a destroy can fail. Use WaitAt.PLAN for counts.",
          );
        }
      }
      return [];
    },
  });
}

interface Blocks {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
}
