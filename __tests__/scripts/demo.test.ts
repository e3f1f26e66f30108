import { StackLines } from "../../scripts/demo/stack-lines";

test("each line of a plan that the demo shows names its stack", () => {
  const lines = new StackLines(["gate", "behind"]);
  const printed = [
    "gate    Initializing the backend...",
    "gate    Terraform will perform the following actions:",
    "          # terraform_data.report will be created",
    "        Plan: 3 to add, 0 to change, 0 to destroy.",
    "gate    Apply complete! Resources: 3 added, 0 changed, 0 destroyed.",
    "behind  Terraform used the selected providers to generate the following execution",
    "        plan.",
    '          # terraform_data.slot[0] (behind "gate") will be created',
    "        Plan: 3 to add, 0 to change, 0 to destroy.",
    "",
    "behind  Apply complete! Resources: 3 added, 0 changed, 0 destroyed.",
    "gated things are no stack",
  ];
  expect(printed.map((line) => lines.take(line)).filter((line) => line !== undefined)).toEqual([
    "gate    # terraform_data.report will be created",
    "gate    Plan: 3 to add, 0 to change, 0 to destroy.",
    "gate    Apply complete! Resources: 3 added, 0 changed, 0 destroyed.",
    'behind  # terraform_data.slot[0] (behind "gate") will be created',
    "behind  Plan: 3 to add, 0 to change, 0 to destroy.",
    "behind  Apply complete! Resources: 3 added, 0 changed, 0 destroyed.",
  ]);
});
