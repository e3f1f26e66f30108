import type { TerraformRemoteState } from "../framework";
import type { Construct } from "constructs";
import { list } from "./conditions";
import { errorText } from "./errors";
import type { StackBlocks } from "./stack-blocks";

/**
 * The outputs of another configuration that a construct reads, so that a missing one is told with the line that makes
 * it: Terraform would only say that an object has no such attribute.
 *
 * It is told by a condition on the data source that reads the state. That is the user's own, so the condition is put
 * into what is written and leaves the element as it is; in HCL, where cdktf cannot write conditions, it is left out.
 */
export class NeededOutputs {
  /** What turns each output on, by the output's name. */
  private readonly props = new Map<string, string>();

  /** @param owner the construct that reads them, named in the text */
  constructor(
    private readonly owner: Construct,
    state: TerraformRemoteState,
  ) {
    const write: () => unknown = state.toTerraform.bind(state);
    const name = (): string => state.friendlyUniqueId;
    state.toTerraform = () => this.withCondition(write() as StackBlocks, name());
  }

  /**
   * @param output its name in the state
   * @param prop its name in the prop `outputs` of the task there
   */
  add(output: string, prop: string): void {
    this.props.set(output, prop);
  }

  private withCondition(written: StackBlocks, name: string): StackBlocks {
    const states = written.data?.["terraform_remote_state"] ?? {};
    const block = states[name] as { lifecycle?: { postcondition?: unknown } } | undefined;
    if (this.props.size === 0 || block === undefined) return written;
    const present = [block.lifecycle?.postcondition ?? []].flat() as unknown[];
    const lifecycle = { ...block.lifecycle, postcondition: [...present, this.condition()] };
    return { ...written, data: { terraform_remote_state: { ...states, [name]: { ...block, lifecycle } } } };
  }

  private condition(): { condition: string; error_message: string } {
    const names = list([...this.props.keys()]);
    const props = [...this.props].map(([output, prop]) => `"${output}" = "${prop}: true"`).join(", ");
    const path = this.owner.node.path.replace(/[$%](?=\{)/g, "$&$&");
    const text = errorText("BAD_CONFIGURATION", `A state that ${path} reads lacks outputs of its task.`, [
      ["Missing", `\${join(", ", [for name in ${names} : name if !can(self.outputs[name])])}`],
      [
        "Next",
        `give the task there outputs: { \${join(", ", [for name, prop in {${props}} : prop if !can(self.outputs[name])])} }, and apply it`,
      ],
      ["Or", "say outputPrefix here, when the task there has another id or prefix"],
    ]);
    return {
      condition: `\${alltrue([for name in ${names} : can(self.outputs[name])])}`,
      error_message: text,
    };
  }
}
