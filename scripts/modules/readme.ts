import { markdownTable } from "markdown-table";
import type { ModuleName } from "./graph";
import type { Input } from "./inputs";
import type { Output } from "./outputs";

const WHAT: Readonly<Record<ModuleName, string>> = {
  "at-plan": `Waits for a task of Alibaba Cloud's Backup and Disaster Recovery Center (BDRC) during \`terraform plan\`, stops the
plan when the task failed, and keeps its result. The counts are known to the plan, so \`count\` and \`for_each\` can use them; the
first plan lasts as long as the task. For a task that takes hours, or whose id is made in the same apply, take
[at-apply](../at-apply/README.md).`,
  "at-apply": `Waits for a task of Alibaba Cloud's Backup and Disaster Recovery Center (BDRC) during \`terraform apply\`, with the
task's progress in Terraform's own output, stops there when the task failed, and keeps its result. A plan never waits; it looks
once, so that a task that has ended badly stops it. Where resources are sized by the counts, take
[at-plan](../at-plan/README.md): Terraform must know a \`count\` at plan.`,
};

const BEHIND: Readonly<Record<ModuleName, string>> = {
  "at-plan": `# One for each bucket that the task found: known at plan.
resource "terraform_data" "slot" {
  count = lookup(module.inventory.resource_counts, "ACS::OSS::Bucket", 0)
  input = count.index
}

`,
  "at-apply": "",
};

/** The page of a module. */
export function readmeOf(name: ModuleName, inputs: readonly Input[], outputs: readonly Output[]): string {
  return `<!-- Written by \`npm run modules\`. -->

# BDRC task, ${name === "at-plan" ? "waited for at plan" : "waited for at apply"}

${WHAT[name]}

Once seen, a result stays known, also when the task's record has expired, BDRC is down or the keys are gone; a destroy never
waits and never fails because of a task. It is the graph of the construct \`BdrcTask\` of cdktf-bdrc-task, and behaves as that
does.

## Example

\`\`\`hcl
module "inventory" {
  # Or a copy of this folder, or the tarball of the modules: "https://…/bdrc-task-modules-<version>.tgz//${name}"
  source = "./node_modules/cdktf-bdrc-task/modules/${name}"

  task_id   = "t-0004d9ctt1iiabcdefgh"
  region_id = "cn-shanghai"

  require = {
    "ACS::OSS::Bucket" = { min = 1 }
  }
}

# Uses no value of the task, and comes after it all the same.
resource "terraform_data" "report" {
  input      = "the inventory is up to date"
  depends_on = [module.inventory]
}

${BEHIND[name]}output "to_protect" {
  value = module.inventory.total_count
}
\`\`\`

Keys come from the environment of Terraform, from profiles and from roles, as for every tool of Alibaba Cloud:
\`ALIBABA_CLOUD_ACCESS_KEY_ID\` and \`ALIBABA_CLOUD_ACCESS_KEY_SECRET\`, for one. The identity needs \`bdrc:DescribeTask\`.
Terraform 1.5 or OpenTofu 1.6 or newer; Node.js 20.9 or newer where Terraform runs.

## Inputs

${markdownTable([
  ["name", "type", "default", "meaning"],
  ...inputs.map(({ name: input, type, description, ...rest }) => [
    `\`${input}\``,
    `\`${type}\``,
    "default" in rest ? `\`${JSON.stringify(rest.default)}\`` : "required",
    description,
  ]),
])}

## Outputs

${markdownTable([
  ["name", "meaning"],
  ...outputs.map(({ name: output, description }) => [`\`${output}\``, description]),
])}

## Good to know

- A new \`task_id\` is a new wait. When the new task fails, the result of the one before stays.
- Another region or endpoint with the same \`task_id\` is none: the result stays, and each plan warns (\`OTHER_PLACE\`).
  \`-replace=module.inventory.terraform_data.snapshot\` takes what is there now.
- \`expose = ["FAILED"]\` opens the gate also for a task that failed: \`status\`, \`problem\` and what it found are values then,
  and the configuration decides.
- The module is whole: \`waiter.cjs\` and its digest \`waiter.sha256\` belong to it. Copy the folder with everything in it.
- Nothing is written beside the waiter; the folder may be read-only.
- Without \`node\` on the PATH of the runner: \`program = ["/opt/node/bin/node"]\`.
- \`terraform test\` works with a mock of the provider external; see \`tests/\` of this module.
`;
}
