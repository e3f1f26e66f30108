import {
  DataResource,
  DataTerraformRemoteStateLocal,
  Fn,
  TerraformIterator,
  TerraformOutput,
  Token,
  Tokenization,
} from "cdktf";
import { inspect } from "node:util";
import { BdrcTask, BdrcTasks } from "../../lib";
import { synthStack, task } from "../support/synth";

/** Everything that has maps and lists whose members only Terraform knows. */
function everyResult(check: (result: Pick<BdrcTask, "counts" | "resourceTypes">) => void): void {
  synthStack((stack) => {
    const all = new BdrcTasks(stack, "all", { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" });
    const state = new DataTerraformRemoteStateLocal(stack, "state", { path: "other.tfstate" });
    [task(stack), all, all.task("t-1"), BdrcTask.fromRemoteState(stack, "remote", { state })].forEach(check);
  });
}

describe("what only Terraform knows cannot be read while the program runs, and the text has the line to write", () => {
  test.each([
    ["ACS::OSS::Bucket", 'count("ACS::OSS::Bucket")'],
    ["acs::oss::bucket", 'count("acs::oss::bucket")'],
    ["Bucket", 'count("Bucket")'],
    ["total", "totalCount"],
  ])("a count by the name %s", (name, line) => {
    everyResult(({ counts }) => {
      const text = new RegExp(
        `^\\[gate/[\\w/-]+\\] "${name}" cannot be read from this map[^]*Next: +write ${line.replace(/[()]/g, "\\$&")}$`,
      );
      expect(() => counts[name]).toThrow(text);
      expect(() => name in counts).toThrow(text);
    });
  });

  test("a status by a task's id, whatever ids look like", () => {
    synthStack((stack) => {
      const all = new BdrcTasks(stack, "all", { taskIds: ["t-1", "other"], regionId: "cn-shanghai" });
      expect(() => all.statuses["t-1"]).toThrow(/Next: +write task\("t-1"\)\.status$/);
      expect(() => all.statuses["other"]).toThrow(/Next: +write task\("other"\)\.status$/);
    });
  });

  test.each<[string, string, (list: string[]) => unknown]>([
    ["[1]", "Fn.element(resourceTypes, 1)", (list) => list[1]],
    [".at(…)", "Fn.element(resourceTypes, …)", (list) => list.at(-1)],
    [".includes(…)", "Fn.contains(resourceTypes, …)", (list) => list.includes("ACS::OSS::Bucket")],
    [".indexOf(…)", "Fn.index(resourceTypes, …)", (list) => list.indexOf("ACS::OSS::Bucket")],
    [".lastIndexOf(…)", "Fn.index(resourceTypes, …)", (list) => list.lastIndexOf("ACS::OSS::Bucket")],
  ])("a list by %s", (asked, line, ask) => {
    everyResult(({ resourceTypes }) => {
      expect(() => ask(resourceTypes)).toThrow(`resourceTypes${asked} has no answer while the program runs.`);
      expect(() => ask(resourceTypes)).toThrow(`write ${line}; its length is Fn.lengthOf(resourceTypes)`);
    });
  });

  test("the list of those that failed is no other one", () => {
    synthStack((stack) => {
      const all = new BdrcTasks(stack, "all", { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" });
      expect(() => all.failedTaskIds.includes("t-1")).toThrow("Fn.contains(failedTaskIds, …)");
    });
  });
});

describe("as a whole it goes wherever a token goes", () => {
  const value = (name: string): string => `local.inventory_value_0D05A3D0.${name}`;

  test("a map", () => {
    const { output, resource } = synthStack((stack) => {
      const { counts } = task(stack);
      expect(Token.isUnresolved(counts)).toBe(true);
      expect(Tokenization.reverseMap(counts)).toBeDefined();
      expect(inspect(counts)).toContain("TfToken");
      expect(JSON.stringify({ ...counts })).toBe(JSON.stringify(counts));
      expect(Object.keys(counts)).toHaveLength(1);
      expect(counts).toEqual({ ...counts });
      expect(counts).not.toEqual({ a: 1 });
      const out = (name: string, of: unknown) =>
        new TerraformOutput(stack, name, { value: of, staticId: true });
      out("whole", counts);
      out("keys", Fn.keys(counts));
      out("merged", Fn.merge([counts, { more: 1 }]));
      out("within", { counts, list: [counts] });
      new DataResource(stack, "each", { forEach: TerraformIterator.fromMap(counts) });
    });
    const map = `\${${value("resource_counts")}}`;
    expect(output).toMatchObject({
      whole: { value: map },
      keys: { value: `\${keys(${value("resource_counts")})}` },
      merged: { value: `\${merge(${value("resource_counts")}, {"more" = 1})}` },
      within: { value: { counts: map, list: [map] } },
    });
    expect(resource?.["terraform_data"]?.["each"]).toMatchObject({ for_each: map });
  });

  test("a list", () => {
    const { output, resource } = synthStack((stack) => {
      const { resourceTypes } = task(stack);
      expect(Token.isUnresolved(resourceTypes)).toBe(true);
      expect(Array.isArray(resourceTypes)).toBe(true);
      expect(Tokenization.reverseList(resourceTypes)).toBeDefined();
      expect(inspect(resourceTypes)).toContain("Token");
      expect(JSON.stringify([...resourceTypes])).toBe(JSON.stringify(resourceTypes));
      expect(resourceTypes).toEqual([...resourceTypes]);
      expect(resourceTypes).not.toEqual(["a", "b"]);
      const out = (name: string, of: unknown) =>
        new TerraformOutput(stack, name, { value: of, staticId: true });
      out("whole", resourceTypes);
      out("joined", Fn.join(",", resourceTypes));
      out("has", Fn.contains(resourceTypes, "ACS::OSS::Bucket"));
      out("size", Fn.lengthOf(resourceTypes));
      out("first", Fn.element(resourceTypes, 0));
      out("within", { types: resourceTypes });
      new DataResource(stack, "each", { forEach: TerraformIterator.fromList(resourceTypes) });
    });
    const list = value("resource_types");
    expect(output).toMatchObject({
      whole: { value: `\${${list}}` },
      joined: { value: `\${join(",", ${list})}` },
      has: { value: `\${contains(${list}, "ACS::OSS::Bucket")}` },
      size: { value: `\${length(${list})}` },
      first: { value: `\${element(${list}, 0)}` },
      within: { value: { types: `\${${list}}` } },
    });
    expect(resource?.["terraform_data"]?.["each"]).toMatchObject({ for_each: `\${toset(${list})}` });
  });
});
