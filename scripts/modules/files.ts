import type { StackBlocks } from "../../lib/graph/stack-blocks";
import { TERRAFORM_VERSIONS } from "../../lib/graph/stack-setup";
import { graphOf, type ModuleName } from "./graph";
import { blockOf, Code } from "./hcl";
import { bodyOfInput, type Input, INPUTS, LABEL } from "./inputs";
import { outputsOf } from "./outputs";
import { readmeOf } from "./readme";

const HEAD = "# Written by `npm run modules` from the graph of cdktf-bdrc-task; see lib/graph.\n\n";

/** Why a block of the graph is there; the order is that of the file. */
const BLOCKS: Readonly<Record<string, string>> = {
  "resource.terraform_data.stamp":
    "Tells the run that plans a task first from all later ones, and holds everything up when the waiter's file is not right.",
  "data.external.peek":
    "Looks once, at plan: a task that has ended badly stops the plan, and one that has ended well is known to it.",
  "resource.terraform_data.wait":
    "Waits, where Terraform shows the lines. A wait that did not see the end is tainted, and made again by the next apply.",
  "data.external.read": "",
  "resource.terraform_data.snapshot":
    "Keeps the first good result: later plans see it, also when the task is gone or BDRC is down. Everything behind the gate comes after it.",
};

const CHECK =
  "Warns, and does no more, when the kept result is from another region or endpoint than the one that is asked now.";

const READS: Readonly<Record<ModuleName, string>> = {
  "at-plan": "Waits for the task whenever it has to, at plan when the id is known then.",
  "at-apply":
    "Looks once after the wait, and closes the gate before the kept result of an earlier task is touched.",
};

/** The files of a module that are made from the graph and the tables, by name. */
export function filesOf(name: ModuleName): Readonly<Record<string, string>> {
  const inputs: readonly Input[] = name === "at-apply" ? [...INPUTS, LABEL] : INPUTS;
  const outputs = outputsOf("local.value");
  const variables = inputs.map((input) => blockOf(`variable "${input.name}"`, bodyOfInput(input)));
  const values = outputs.map(({ name, description, value }) =>
    blockOf(`output "${name}"`, { description, value: new Code(value) }),
  );
  return {
    "main.tf": HEAD + mainOf(graphOf(name), READS[name]),
    "variables.tf": HEAD + variables.join("\n"),
    "outputs.tf": HEAD + values.join("\n"),
    "versions.tf": HEAD + versions(),
    "README.md": readmeOf(name, inputs, outputs),
  };
}

/** What of a stack has no place in a module: its versions and providers are said in a file of their own. */
const LEFT_OUT = ["//", "terraform", "provider"];

/** @throws Error when the graph has a kind of block that would be lost here */
function mainOf(
  { resource = {}, data = {}, locals = {}, check = {}, ...others }: StackBlocks,
  read: string,
): string {
  const lost = Object.keys(others).filter((kind) => !LEFT_OUT.includes(kind));
  if (lost.length > 0) throw new Error(`scripts/modules/files.ts writes no ${lost.join(" and no ")}`);
  const written = [["resource", resource] as const, ["data", data] as const].flatMap(([kind, byType]) =>
    Object.entries(byType).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, body]) => ({ kind, type, name, body: body as object })),
    ),
  );
  const order = Object.keys(BLOCKS);
  const placed = written
    .map((block) => ({ ...block, place: order.indexOf(`${block.kind}.${block.type}.${block.name}`) }))
    .sort((one, other) => one.place - other.place);
  const blocks = placed.map(({ kind, type, name, body, place }) => {
    const why = BLOCKS[order[place] ?? ""];
    if (why === undefined)
      throw new Error(`scripts/modules/files.ts says nothing of ${kind}.${type}.${name}`);
    return comment(why || read) + blockOf(`${kind} "${type}" "${name}"`, body as Record<string, unknown>);
  });
  const checks = Object.entries(check).map(
    ([name, body]) => comment(CHECK) + blockOf(`check "${name}"`, body as Record<string, unknown>),
  );
  return [...blocks, ...checks, blockOf("locals", locals)].join("\n");
}

function versions(): string {
  // The construct leaves out what is not given; here it is null, which 2.3.1 alone hands over as an empty text.
  const external = { source: "hashicorp/external", version: ">= 2.3.2, < 3.0.0" };
  const providers = blockOf("required_providers", { external })
    .trimEnd()
    .replace(/^(?=.)/gm, "  ");
  return `terraform {\n  required_version = "${TERRAFORM_VERSIONS}"\n\n${providers}\n}\n`;
}

/** A comment, wrapped. */
function comment(text: string): string {
  return text.replace(/(.{1,100})(?: |$)/g, "# $1\n");
}
