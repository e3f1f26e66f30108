import type { App } from "cdktf";
import { TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { BdrcTask, type BdrcTaskProps } from "../../lib";

/** What is written for one stack, as an object. */
export interface SynthesizedStack {
  readonly data?: Record<string, Record<string, Record<string, unknown>>>;
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly output?: Record<string, { value: unknown; sensitive?: boolean }>;
  readonly locals?: Record<string, unknown>;
  readonly provider?: Record<string, unknown[]>;
  readonly module?: Record<string, Record<string, unknown>>;
  readonly terraform: Record<string, unknown>;
}

/** Props that are right, to change one at a time. */
export const GOOD: BdrcTaskProps = { taskId: "t-0004d9ctt1iiabcdefgh", regionId: "cn-shanghai" };

/** Synthesizes one stack with its validations. */
export function synthStack(build: (stack: TerraformStack) => void, id = "gate"): SynthesizedStack {
  const stack = new TerraformStack(Testing.app(), id);
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as SynthesizedStack;
}

/** Synthesizes a whole app, with references across its stacks, and gives each stack by its id. */
export function synthApp(build: (app: App) => void): Record<string, SynthesizedStack> {
  const app = Testing.app();
  build(app);
  const stacks = app.node.findAll().filter((node): node is TerraformStack => TerraformStack.isStack(node));
  stacks.forEach((stack) => stack.prepareStack());
  return Object.fromEntries(
    stacks.map((stack) => [stack.node.id, JSON.parse(Testing.synth(stack, true)) as SynthesizedStack]),
  );
}

/** A task with right props, and these instead. */
export function task(scope: Construct, props: Partial<BdrcTaskProps> = {}, id = "inventory"): BdrcTask {
  return new BdrcTask(scope, id, { ...GOOD, ...props });
}

/** The only value of an object. */
export function only<T>(of: Record<string, T> | undefined): T {
  const values = Object.values(of ?? {});
  expect(values).toHaveLength(1);
  return values[0] as T;
}
