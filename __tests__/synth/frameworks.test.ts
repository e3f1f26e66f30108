import { type App, DataResource, DataTerraformRemoteStateLocal, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, BdrcTasks } from "../../lib";
import { FRAMEWORK, PACKAGE } from "../../lib/package-name";
import { otherCdktf } from "../support/other-cdktf";
import { OTHER, otherFramework } from "../support/other-framework";
import { GOOD, synthStack, task } from "../support/synth";

const RTTI = Symbol.for("jsii.rtti");
const other = otherFramework();

/** What a person reads who puts the other framework where a construct of this one is. */
const RIGHT_PACKAGE = new RegExp(
  `made with ${OTHER}, and ${PACKAGE} with ${FRAMEWORK}\\.\\n\\n` +
    `(.*\\n)* {2}Next: +npm install ${OTHER}-bdrc-task, and import from it in place of ${PACKAGE}$`,
);

describe("a construct of one framework in an app of the other is refused at construction, with the right package", () => {
  const scopes: readonly (readonly [string, () => Construct])[] = [
    ["app and stack are of the other one", () => new other.TerraformStack(other.Testing.app(), "gate")],
    ["the stack is of the other one", () => new other.TerraformStack(Testing.app(), "gate")],
    ["the app is of the other one", () => new TerraformStack(other.Testing.app(), "gate")],
    [
      "the stack is of a class of its own",
      () => new (class Gate extends other.TerraformStack {})(other.Testing.app(), "gate"),
    ],
  ];
  test.each(scopes)("when %s", (_, scope) => {
    expect(() => new BdrcTask(scope(), "inventory", GOOD)).toThrow(RIGHT_PACKAGE);
    expect(() => new BdrcTasks(scope(), "all", { regionId: "cn-shanghai", taskIds: ["t-1"] })).toThrow(
      RIGHT_PACKAGE,
    );
    const state = new DataTerraformRemoteStateLocal(new TerraformStack(Testing.app(), "reader"), "state", {
      path: "x.tfstate",
    });
    expect(() => BdrcTask.fromRemoteState(scope(), "inventory", { state })).toThrow(RIGHT_PACKAGE);
  });
});

test("two copies of one framework are told from two frameworks", () => {
  const copy = otherCdktf();
  const stack = new copy.TerraformStack(copy.Testing.app(), "gate");
  expect(() => task(stack)).toThrow(
    new RegExp(
      `^\\[gate/inventory\\] The app and ${PACKAGE} each have a copy of ${FRAMEWORK} of their own\\.\\n\\n` +
        `(.*\\n)* {2}Next: +npm ls ${FRAMEWORK} shows who brings a copy; npm dedupe`,
    ),
  );
});

test("a stack that tells no framework is taken for another copy", () => {
  const inner = new Construct(new TerraformStack(Testing.app(), "real"), "inner");
  Object.defineProperty(inner, Symbol.for("cdktf/TerraformStack"), { value: true });
  expect(() => new BdrcTask(inner, "inventory", GOOD)).toThrow(/each have a copy/);
});

test("a framework that is too old is refused with the version that is needed; the oldest one is not", () => {
  const known = Object.getOwnPropertyDescriptor(TerraformStack, RTTI) as PropertyDescriptor;
  const oldest = FRAMEWORK === "cdktf" ? "0.20.0" : "0.24.0";
  const withVersion = (version: string) => {
    const { fqn } = known.value as { fqn: string };
    Object.defineProperty(TerraformStack, RTTI, {
      value: { fqn, version },
      configurable: true,
      writable: true,
    });
    return () => synthStack((stack) => void task(stack));
  };
  try {
    for (const version of ["0.19.2", "0.9.0"]) {
      expect(withVersion(version)).toThrow(
        new RegExp(
          `${FRAMEWORK} ${version} is too old for ${PACKAGE}\\.\\n\\n` +
            ` {2}Code: +BAD_CONFIGURATION\\n {2}Expected: ${FRAMEWORK} ${oldest} or newer\\n {2}Next: +npm install ${FRAMEWORK}@latest$`,
        ),
      );
    }
    for (const version of [oldest, "0.25.0-pre.26", "0.26.1", "1.0.0"])
      expect(withVersion(version)).not.toThrow();
  } finally {
    Object.defineProperty(TerraformStack, RTTI, known);
  }
});

describe("two frameworks in one app are named at synth", () => {
  /** An app with a task, and what somebody adds to it. */
  const synth = (add: (stack: TerraformStack, app: App) => void) => {
    const app = Testing.app();
    const stack = new TerraformStack(app, "gate");
    task(stack);
    add(stack, app);
    return () => app.synth();
  };

  test("when an element of the other one stands in the stack of a task", () => {
    expect(synth((stack) => void new other.TerraformOutput(stack, "buckets", { value: 1 }))).toThrow(
      new RegExp(
        `^\\[gate/buckets\\] This TerraformOutput is made with ${OTHER}, and its app with ${FRAMEWORK}\\.\\n\\n` +
          `(.*\\n)* {2}Next: +import TerraformOutput from ${FRAMEWORK}, or from a package that is made for it`,
      ),
    );
  });

  test("also where a test synthesizes a single stack", () => {
    expect(() =>
      synthStack((stack) => void (task(stack), new other.DataResource(stack, "plain", {}))),
    ).toThrow(/^\[gate\/plain\] This DataResource is made with/);
  });

  test("when a function of the other one is used, by way of which cdktf fails and cdktn does not", () => {
    const using = synth((stack) => {
      const input = other.Fn.upper(task(stack, {}, "second").status);
      return new DataResource(stack, "plain", { input: { input } });
    });
    if (OTHER === "cdktf") expect(using).not.toThrow();
    else {
      expect(using).toThrow(
        /^\[gate\] A function \(Fn\) of another framework stands in a stack of cdktf\.\n\n {2}Code: +BAD_CONFIGURATION\n(.*\n)* {2}Next: +import Fn from cdktf/,
      );
    }
  });

  test("when another stack of the app is of the other one", () => {
    expect(synth((_, app) => void new other.TerraformStack(app, "behind"))).toThrow(
      new RegExp(`^\\[behind\\] This TerraformStack is made with ${OTHER}`),
    );
  });
});

test("elements of another copy of the same framework are no strangers", () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, "gate");
  task(stack).gate(new (otherCdktf().DataResource)(stack, "plain", {}));
  new DataResource(stack, "own", {});
  expect(() => app.synth()).not.toThrow();
});

test("the oldest version that a text names is the one that the package asks for", () => {
  const manifest = JSON.parse(readFileSync(path.join(__dirname, "..", "..", "package.json"), "utf8")) as {
    readonly peerDependencies: Record<string, string>;
  };
  expect(manifest.peerDependencies["cdktf"]).toBe(">=0.20.0 <1.0.0");
});
