import { Fn, TerraformOutput, Token, Tokenization } from "cdktf";
import { inspect } from "node:util";
import { BdrcTasks } from "../../lib";
import { synthStack, task } from "../support/synth";

test("a member of the counts cannot be read while the program runs, and the text has the line to write", () => {
  synthStack((stack) => {
    const one = task(stack);
    const all = new BdrcTasks(stack, "all", { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" });
    const text =
      /^\[gate\/\w+\] "ACS::OSS::Bucket" cannot be read from this map[^]*Next: +write count\("ACS::OSS::Bucket"\)$/;
    expect(() => one.counts["ACS::OSS::Bucket"]).toThrow(text);
    expect(() => all.counts["ACS::OSS::Bucket"]).toThrow(text);
    expect(() => all.statuses["t-1"]).toThrow(/Next: +write task\("t-1"\)\.status$/);
  });
});

test("the map itself goes wherever a token goes", () => {
  const { output } = synthStack((stack) => {
    const { counts } = task(stack);
    expect(Token.isUnresolved(counts)).toBe(true);
    expect(Tokenization.reverseMap(counts)).toBeDefined();
    expect(inspect(counts)).toContain("TfToken");
    expect(JSON.stringify({ ...counts })).toBe(JSON.stringify(counts));
    expect(Object.keys(counts)).toHaveLength(1);
    const out = (name: string, value: unknown) => new TerraformOutput(stack, name, { value, staticId: true });
    out("whole", counts);
    out("keys", Fn.keys(counts));
    out("within", { counts, list: [counts] });
  });
  const map = "${local.inventory_value_0D05A3D0.resource_counts}";
  expect(output).toMatchObject({
    whole: { value: map },
    keys: { value: "${keys(local.inventory_value_0D05A3D0.resource_counts)}" },
    within: { value: { counts: map, list: [map] } },
  });
});
