import {
  App,
  Aspects,
  DataResource,
  DataTerraformRemoteStateLocal,
  TerraformElement,
  type TerraformLocal,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Testing,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { BdrcTask, BdrcTasks, WaitAt } from "../../lib";
import { otherCdktf } from "../support/other-cdktf";
import { GOOD, synthApp, synthStack, task } from "../support/synth";

const SNAPSHOT = "terraform_data.inventory_snapshot_28785481";

/** One gate, a thing behind it, and what somebody does to them later. */
interface Scene {
  readonly stack: TerraformStack;
  readonly inventory: BdrcTask;
  readonly behind: DataResource;
  /** A part of the gate, to change it. */
  readonly part: <T extends TerraformElement = TerraformResource>(name: string) => T;
}

function scene(change: (scene: Scene) => void, waitAt = WaitAt.PLAN): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "gate");
  const inventory = task(stack, { waitAt });
  const behind = new DataResource(stack, "behind", { input: { note: "x" } });
  inventory.gate(behind);
  change({
    stack,
    inventory,
    behind,
    part: <T extends TerraformElement>(name: string) => inventory.node.findChild(name) as T,
  });
  return stack;
}

/** What synth says, with its validations and where they are skipped. */
function textsOf(stack: TerraformStack): [string, string] {
  const textOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  return [textOf(() => Testing.synth(stack, true)), textOf(() => Testing.synth(stack, false))];
}

function onEvery(scope: IConstruct, change: (resource: TerraformResource) => void): void {
  Aspects.of(scope).add({
    visit: (node) => TerraformResource.isTerraformResource(node) && change(node),
  });
}

describe("a gate whose parts were changed is refused at synth, also where validations are skipped", () => {
  const changes: [string, string, (scene: Scene) => void, string, WaitAt?][] = [
    [
      "an aspect that replaces the lifecycle of every resource",
      "(stamp|snapshot)",
      ({ stack }) => onEvery(stack, (resource) => (resource.lifecycle = { preventDestroy: true })),
      "lifecycle.ignore_changes",
    ],
    [
      "an aspect that ignores all changes",
      "snapshot",
      ({ part }) =>
        onEvery(part("snapshot"), (r) => (r.lifecycle = { ...r.lifecycle, ignoreChanges: "all" })),
      "lifecycle.ignore_changes",
    ],
    ["no snapshot at all by its count", "snapshot", ({ part }) => (part("snapshot").count = 0), "count"],
    [
      "an override of a condition",
      "snapshot",
      ({ part }) => part("snapshot").addOverride("lifecycle.postcondition", undefined),
      "lifecycle.postcondition",
    ],
    [
      "one more condition",
      "snapshot",
      ({ part }) => part("snapshot").addOverride("lifecycle.postcondition", [{ condition: true }]),
      "lifecycle.postcondition",
    ],
    [
      "another input",
      "snapshot",
      ({ part }) => part("snapshot").addOverride("input", { status: "COMPLETE" }),
      "input",
    ],
    [
      "other triggers",
      "snapshot",
      ({ part }) => part("snapshot").addOverride("triggers_replace", "t-other"),
      "triggers_replace",
    ],
    ["another query", "read", ({ part }) => part("read").addOverride("query.task_id", "t-other"), "query"],
    ["another program", "read", ({ part }) => part("read").addOverride("program", "cat"), "program"],
    [
      "a changed object within the configuration",
      "read",
      ({ part }) =>
        Object.assign((part("read") as unknown as { config: { query: object } }).config.query, {
          task_id: "t-other",
        }),
      "query",
    ],
    ["no provisioner", "wait", ({ part }) => (part("wait").provisioners = []), "provisioner", WaitAt.APPLY],
    [
      "an overridden provisioner",
      "wait",
      ({ part }) => part("wait").addOverride("provisioner", undefined),
      "provisioner",
      WaitAt.APPLY,
    ],
    [
      "a read that does not come after the wait",
      "read",
      ({ part }) => part("read").addOverride("depends_on", undefined),
      "depends_on",
      WaitAt.APPLY,
    ],
    [
      "a local that is always true",
      "open",
      ({ part }) => (part<TerraformLocal>("open").expression = true),
      "value",
    ],
    [
      "other results",
      "value",
      ({ part }) => (part<TerraformLocal>("value").expression = { total_count: 0 }),
      "value",
    ],
    [
      "an override of the stack",
      "snapshot",
      ({ stack }) => stack.addOverride(`resource.${SNAPSHOT}.lifecycle`, undefined),
      "lifecycle.",
    ],
    [
      "an override of a local in the stack",
      "open",
      ({ stack, part }) => stack.addOverride(`locals.${part("open").friendlyUniqueId}`, true),
      "value",
    ],
    [
      "another value of an output",
      "total_count",
      ({ part }) => (part<TerraformOutput>("total_count").value = 7),
      "value",
    ],
    [
      "another thing of the same address",
      "snapshot",
      ({ stack }) =>
        new DataResource(stack, "other", { input: { whose: "mine" } }).overrideLogicalId(
          SNAPSHOT.split(".")[1] ?? "",
        ),
      "input",
    ],
  ];
  test.each(
    changes.map(([what, name, change, changed, waitAt]) => ({ what, name, change, changed, waitAt })),
  )("$what", ({ name, change, changed, waitAt }) => {
    for (const text of textsOf(scene(change, waitAt))) {
      expect(text).toMatch(
        new RegExp(`The gate would not hold: gate/inventory/${name} is not what it was made as\\.`),
      );
      expect(text).toMatch(/^.*\[gate\/inventory\]/m);
      expect(text).toMatch(new RegExp(`^ +Changed: +(?:.*, )?${changed.replaceAll(".", "\\.")}`, "m"));
      expect(text).toMatch(/^ +Block: +\S+\.\S+$/m);
      expect(text).toMatch(/^ +Changed by: +\S/m);
      expect(text).toMatch(/^ +Next: +leave the parts of the gate as they are/m);
    }
  });

  test.each<[string, string, (scene: Scene) => void]>([
    [
      "a part that was taken out of the tree",
      "snapshot",
      ({ inventory }) => inventory.node.tryRemoveChild("snapshot"),
    ],
    ["a part that was moved away", "stamp", ({ part }) => part("stamp").moveToId("terraform_data.elsewhere")],
    [
      "a task that was taken out of the tree",
      "snapshot",
      ({ stack }) => stack.node.tryRemoveChild("inventory"),
    ],
  ])("%s", (_, name, change) => {
    // The validations of what is no longer in the tree are not asked.
    expect(textsOf(scene(change))[1]).toMatch(
      new RegExp(`The gate would not hold: gate/inventory/(${name}|\\w+) is not written\\.`),
    );
  });

  test("the parts of many tasks, too", () => {
    expect(() =>
      synthStack((stack) => {
        new BdrcTasks(stack, "all", { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" });
        onEvery(stack, (resource) => (resource.lifecycle = undefined));
      }),
    ).toThrow(/\[gate\/all\] The gate would not hold: gate\/all\/stamp is not what it was made as/);
  });

  test("and what another stack gets of a result", () => {
    expect(() =>
      synthApp((app) => {
        const gate = new TerraformStack(app, "gate");
        const { totalCount } = task(gate);
        new TerraformOutput(new TerraformStack(app, "behind"), "seen", { value: totalCount });
        Aspects.of(gate).add({
          visit: (node) => {
            if (TerraformOutput.isTerraformOutput(node)) node.addOverride("value", 0);
          },
        });
      }),
    ).toThrow(/gate\/cross-stack-output-local\.inventory_value_\w+ is not what it was made as/);
  });

  test("and the state from which another configuration takes a result", () => {
    expect(() =>
      synthStack((stack) => {
        const state = new DataTerraformRemoteStateLocal(stack, "state", { path: "x.tfstate" });
        BdrcTask.fromRemoteState(stack, "inventory", { state });
        state.addOverride("defaults", { inventory_total_count: 0 });
      }),
    ).toThrow(
      /\[gate\/inventory\] The gate would not hold: gate\/state is not what it was made as[^]*Changed: +defaults/,
    );
  });
});

describe("what only holds the gate closed for longer, or says nothing of it, is let be", () => {
  test.each<[string, (scene: Scene) => void]>([
    [
      "an aspect that adds to the lifecycle",
      ({ stack }) => onEvery(stack, (r) => (r.lifecycle = { ...r.lifecycle, preventDestroy: true })),
    ],
    ["another provider configuration", ({ part }) => part("read").addOverride("provider", "external.other")],
    ["dependencies of the task's own", ({ part }) => (part("read").dependsOn = ["terraform_data.first"])],
    [
      "a description of an output",
      ({ part }) => (part<TerraformOutput>("status").description = "of the task"),
    ],
    ["a sensitive output", ({ part }) => (part<TerraformOutput>("status").sensitive = true)],
    [
      "another name of an output",
      ({ part }) => part<TerraformOutput>("status").overrideLogicalId("state_of_it"),
    ],
    ["a move to a part", ({ part }) => part("snapshot").moveFromId("terraform_data.before")],
  ])("%s", (_, change) => {
    expect(textsOf(scene(change))).toEqual(["", ""]);
  });
});

describe("what stands behind the gate stays behind it", () => {
  function dependsOn(stack: TerraformStack, name = "behind"): unknown {
    const { resource } = JSON.parse(Testing.synth(stack, true)) as {
      resource: { terraform_data: Record<string, { depends_on?: string[] }> };
    };
    return resource.terraform_data[name]?.depends_on;
  }

  test("when its dependsOn is assigned anew after it was gated", () => {
    const stack = scene(({ behind }) => (behind.dependsOn = ["terraform_data.first"]));
    expect(dependsOn(stack)).toEqual(["terraform_data.first", SNAPSHOT]);
  });

  test("when an aspect takes the dependencies of every resource away", () => {
    expect(
      dependsOn(scene(({ stack }) => onEvery(stack, (resource) => (resource.dependsOn = undefined)))),
    ).toEqual([SNAPSHOT]);
  });

  test("when it gets another address after it was gated", () => {
    expect(
      dependsOn(
        scene(({ behind }) => behind.overrideLogicalId("vault")),
        "vault",
      ),
    ).toEqual([SNAPSHOT]);
  });

  test("when an aspect adds it to a gated construct, which no aspect visits any more", () => {
    const stack = new TerraformStack(Testing.app(), "gate");
    const group = new Construct(stack, "group");
    task(stack).gate(group);
    Aspects.of(new Construct(stack, "last")).add({
      visit: () => void (group.node.tryFindChild("late") ?? new DataResource(group, "late", {})),
    });
    const [name = ""] = Object.keys(
      (JSON.parse(Testing.synth(stack, true)) as { resource: { terraform_data: object } }).resource
        .terraform_data,
    ).filter((key) => key.startsWith("group_late"));
    expect(dependsOn(stack, name)).toEqual([SNAPSHOT]);
  });

  test("when it is a module or a resource of another copy of cdktf", () => {
    const other = otherCdktf();
    const { module, resource } = synthStack((stack) => {
      const group = new Construct(stack, "group");
      task(stack).gate(group);
      new other.TerraformHclModule(group, "vaults", { source: "example/vault/alicloud" });
      new other.DataResource(group, "plain", {});
    });
    expect(Object.values(module ?? {}).map((block) => block["depends_on"])).toEqual([[SNAPSHOT]]);
    const plain = Object.entries(resource?.["terraform_data"] ?? {}).find(([name]) =>
      name.startsWith("group_plain"),
    );
    expect(plain?.[1]["depends_on"]).toEqual([SNAPSHOT]);
  });

  test("when a module of another copy of cdktf is gated by itself", () => {
    const { TerraformHclModule } = otherCdktf();
    const { module } = synthStack((stack) =>
      task(stack).gate(new TerraformHclModule(stack, "vaults", { source: "example/vault/alicloud" })),
    );
    expect(module?.["vaults"]?.["depends_on"]).toEqual([SNAPSHOT]);
  });
});

/** An element of a class that cdktf does not know, as it may come from another library. */
class Handmade extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly blocks: object,
  ) {
    super(scope, id);
  }
  override toTerraform(): object {
    return this.blocks;
  }
}

describe("what cannot be kept behind the gate is refused at synth, also where validations are skipped", () => {
  const LOST = "The gate would not hold: gate/behind does not depend on it.";
  test.each<[string, (scene: Scene) => void, string, RegExp]>([
    [
      "an override of its dependencies",
      ({ behind }) => behind.addOverride("depends_on", undefined),
      LOST,
      /Changed by: +an override of it: addOverride\("depends_on/,
    ],
    [
      "an override of the stack",
      ({ stack }) => stack.addOverride("resource.terraform_data.behind.depends_on", undefined),
      LOST,
      /Changed by: +an override of the stack: addOverride\("resource\.terraform_data\.behind/,
    ],
    [
      "a dependency that is only mentioned in a text",
      ({ behind }) => {
        behind.addOverride("depends_on", undefined);
        behind.input = { note: SNAPSHOT };
      },
      LOST,
      /Expected: +depends_on with terraform_data\.inventory_snapshot/,
    ],
    [
      "a move to something that is not behind it",
      ({ stack, behind }) => {
        new DataResource(stack, "elsewhere", {}).addMoveTarget("elsewhere");
        behind.moveTo("elsewhere");
      },
      LOST,
      /Block: +terraform_data\.elsewhere\n +Expected:.*\n +Changed by: +a move of gate\/behind/,
    ],
    [
      "an element whose class writes no dependencies",
      ({ stack, inventory }) => {
        const group = new Construct(stack, "group");
        new Handmade(group, "raw", { resource: { terraform_data: { raw: { input: 1 } } } });
        inventory.gate(group);
      },
      "gate/group/raw does not depend on it.",
      /Block: +terraform_data\.raw/,
    ],
    [
      "a block of a kind that is not known",
      ({ stack, inventory }) => {
        const group = new Construct(stack, "group");
        new Handmade(group, "secret", { ephemeral: { random_password: { secret: {} } } });
        inventory.gate(group);
      },
      "gate/group/secret writes a block ephemeral, which cannot wait.",
      /Next: +move it out of what is gated/,
    ],
    [
      "a stack within a gated construct",
      ({ stack, inventory }) => {
        const group = new Construct(stack, "group");
        new DataResource(new TerraformStack(group, "inner"), "x", {});
        inventory.gate(group);
      },
      "gate/group/inner is a stack of its own under a gated construct.",
      /Next: +order it with gateStack/,
    ],
    [
      "a stack that does not come after the task's any more",
      ({ stack, inventory }) => {
        const later = new TerraformStack(stack.node.scope as Construct, "later");
        inventory.gateStack(later);
        later.dependencies = [];
      },
      "the stack later does not come after gate any more.",
      /Next: +take that back/,
    ],
  ])("%s", (_, change, what, fact) => {
    for (const text of textsOf(scene(change))) {
      expect(text).toContain(what);
      expect(text).toMatch(fact);
      expect(text).toContain("[gate/inventory] ");
    }
  });

  test("but an override that leaves a reference to a value of the task holds by itself", () => {
    const stack = scene(({ behind, inventory }) => {
      behind.addOverride("depends_on", undefined);
      behind.input = { count: inventory.totalCount };
    });
    expect(textsOf(stack)).toEqual(["", ""]);
  });

  test("nothing of it is written by an app that skips validations", () => {
    const outdir = mkdtempSync(path.join(tmpdir(), "guard-"));
    try {
      const app = new App({ outdir, skipValidation: true });
      const stack = new TerraformStack(app, "gate");
      const inventory = new BdrcTask(stack, "inventory", GOOD);
      const behind = new DataResource(stack, "behind", {});
      inventory.gate(behind);
      behind.addOverride("depends_on", undefined);
      expect(() => app.synth()).toThrow(/^\[gate\/inventory\] The gate would not hold: gate\/behind/);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test("all that is wrong comes at once, each with its construct", () => {
    const [text] = textsOf(
      scene(({ behind, part }) => {
        behind.addOverride("depends_on", undefined);
        part("read").addOverride("query.task_id", "t-other");
      }),
    );
    expect(text.match(/The gate would not hold/g)).toHaveLength(2);
  });
});
