import type {
  TerraformDataSource,
  TerraformElement,
  TerraformLocal,
  TerraformOutput,
  TerraformRemoteState,
  TerraformResource,
} from "../framework";
import type { IConstruct } from "constructs";
import { errorText } from "./errors";
import { asWritten, changesIn, copyOf } from "./as-given";
import { changedBy } from "./changed-by";
import type { StackBlocks } from "./stack-blocks";
import { StackGuard, type WrittenStack } from "./stack-guard";

/**
 * Keeps a resource or a data source of a gate as it was made: its conditions, provisioners, triggers and queries are
 * the gate. Called when it is complete, before anybody else can change it.
 */
export function keepElement(element: TerraformResource | TerraformDataSource): void {
  const { terraformResourceType: type, friendlyUniqueId: name } = element;
  const { resource, data } = element.toTerraform() as StackBlocks;
  const address = `${data ? "data." : ""}${type}.${name}`;
  const given = copyOf((data ?? resource)?.[type]?.[name]) as object;
  guard(element, (written) => problemsOf(element, address, given, written.blocks.get(address)));
}

/** Keeps a local of a gate as it was made, here and where another stack gets it: conditions and results go through it. */
export function keepLocal(local: TerraformLocal, value: unknown): void {
  const address = `local.${local.friendlyUniqueId}`;
  const given = copyOf(value);
  guard(local, (written) => {
    // The framework makes this one, when another stack asks for the value.
    const shared = local.cdktfStack.node.tryFindChild(`cross-stack-output-${address}`);
    return [
      ...problemsOf(local, address, { value: given }, valueOf(written.blocks.get(address))),
      ...(shared ? outputProblems(shared as TerraformOutput, `\${${address}}`, written) : []),
    ];
  });
}

/**
 * Keeps a remote state from handing out other values than the ones that stand there, and from being several.
 *
 * @param owner the construct whose result comes from it
 */
export function keepRemoteState(owner: IConstruct, state: TerraformRemoteState): void {
  const address = `data.terraform_remote_state.${state.friendlyUniqueId}`;
  const parts = (block: object): object =>
    Object.fromEntries(
      Object.entries(block).filter(([name]) => ["defaults", "count", "for_each"].includes(name)),
    );
  const { data } = state.toTerraform() as StackBlocks;
  const given = copyOf(parts(data?.["terraform_remote_state"]?.[state.friendlyUniqueId] as object));
  StackGuard.of(state.cdktfStack).add({
    owner,
    goesIntoHcl: true,
    problems: ({ blocks }) => {
      const block = blocks.get(address) as object | undefined;
      return problemsOf(state, address, given, block && parts(block));
    },
  });
}

function guard(element: TerraformElement, problems: (written: WrittenStack) => string[]): void {
  StackGuard.of(element.cdktfStack).add({ owner: element.node.scope ?? element, problems });
}

/** Where the value of an output is not what it was made as. */
export function outputProblems(output: TerraformOutput, value: unknown, { blocks }: WrittenStack): string[] {
  const address = `output.${output.friendlyUniqueId}`;
  const block = blocks.get(address) as { value?: unknown } | undefined;
  return problemsOf(output, address, { value }, valueOf(block?.value));
}

/** A value as a block, so that it is compared and named like one. */
function valueOf(value: unknown): object | undefined {
  return value === undefined ? undefined : { value };
}

function problemsOf(element: TerraformElement, address: string, given: object, written: unknown): string[] {
  const path = element.node.path;
  if (typeof written !== "object" || written === null) {
    return [
      errorText("GATE_BROKEN", `The gate would not hold: ${path} is not written.`, [
        ["Block", address],
        ["Changed by", "a move or a removal of it, or an override"],
        ["Next", "leave the parts of the gate where they are"],
      ]),
    ];
  }
  const changes = changesIn(asWritten(element.cdktfStack, given) as object, written);
  if (changes.length === 0) return [];
  return [
    errorText("GATE_BROKEN", `The gate would not hold: ${path} is not what it was made as.`, [
      ["Block", address],
      ["Changed", changes.join(", ")],
      ["Changed by", changedBy(element, address, changes[0] ?? "")],
      ["Next", "leave the parts of the gate as they are"],
      ...(changes.some((change) => change.startsWith("lifecycle"))
        ? ([
            ["In an aspect", "add to what is there: lifecycle = { ...node.lifecycle, preventDestroy: true }"],
          ] as const)
        : []),
    ]),
  ];
}
