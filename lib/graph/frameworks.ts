import type { Construct, IConstruct } from "constructs";
import { App, TerraformStack } from "../framework";
import { FRAMEWORK, PACKAGE } from "../package-name";
import { BdrcTaskError, type Fact } from "./errors";

/** A framework, as its own classes tell it; under an alias that is not the name in an import. */
interface Framework {
  readonly name: string;
  readonly version: string;
}

/** The oldest that this package works with; as in peerDependencies. */
const OLDEST: Readonly<Record<string, string>> = { cdktf: "0.20.0", cdktn: "0.24.0" };

/** Under which every class of a package that jsii has compiled tells its name and version. */
const TYPE_INFORMATION = Symbol.for("jsii.rtti");

const DO_NOT_MIX: Fact = ["Reason", "cdktf and cdktn do not mix in one app"];

/** The framework that a thing comes from, by its class or the nearest parent that is the framework's own. */
function frameworkOf(thing: object): Framework | undefined {
  for (
    let kind: object | null = thing.constructor;
    kind;
    kind = Object.getPrototypeOf(kind) as object | null
  ) {
    const { fqn = "", version = "" } = (Object.getOwnPropertyDescriptor(kind, TYPE_INFORMATION)?.value ??
      {}) as { readonly fqn?: string; readonly version?: string };
    const [, name] = /^(\w+)\.\w+$/.exec(fqn) ?? [];
    if (name !== undefined && name in OLDEST) return { name, version };
  }
  return undefined;
}

/** The framework that this package has found. */
function ownFramework(): Framework {
  return frameworkOf(TerraformStack.prototype) ?? { name: FRAMEWORK, version: "" };
}

/** The name of this package's twin for a framework. */
function packageFor(framework: Framework): string {
  return `${framework.name}-bdrc-task`;
}

function shown({ name, version }: Framework): string {
  return `${name} ${version}`.trim();
}

/**
 * Says it where it can be understood when a construct meets a framework that is not the one it was made for; both fail
 * deep inside of synth, or not until a value crosses from one stack to another.
 *
 * @throws BdrcTaskError that names the package to install
 */
export function checkFramework(scope: Construct): void {
  const own = ownFramework();
  if (isOlder(own.version, OLDEST[own.name] ?? "")) {
    throw new BdrcTaskError(scope, `${shown(own)} is too old for ${PACKAGE}.`, [
      ["Expected", `${own.name} ${OLDEST[own.name]} or newer`],
      ["Next", `npm install ${FRAMEWORK}@latest`],
    ]);
  }
  const stack: object = TerraformStack.of(scope);
  const app: object = scope.node.root;
  if (!(stack instanceof TerraformStack)) throw strange(scope, "stack", stack, own);
  if (App.isApp(app) && !((app as object) instanceof App)) throw strange(scope, "app", app, own);
}

function strange(scope: Construct, what: "stack" | "app", found: object, own: Framework): BdrcTaskError {
  const theirs = frameworkOf(found);
  if (theirs === undefined || theirs.name === own.name) {
    return new BdrcTaskError(scope, `The app and ${PACKAGE} each have a copy of ${own.name} of their own.`, [
      ["App", shown(theirs ?? { ...own, version: "" })],
      ["Package", shown(own)],
      [
        "Next",
        `npm ls ${FRAMEWORK} shows who brings a copy; npm dedupe leaves one where the versions allow it`,
      ],
      ["Or", "where the package is linked (npm link), install the file that npm pack makes of it"],
    ]);
  }
  const right = packageFor(theirs);
  return new BdrcTaskError(
    scope,
    `This ${what} is made with ${theirs.name}, and ${PACKAGE} with ${own.name}.`,
    [
      [what === "app" ? "App" : "Stack", shown(theirs)],
      ["Package", shown(own)],
      DO_NOT_MIX,
      [
        "Next",
        right === PACKAGE
          ? `npm ls cdktf cdktn shows who brings the other one; keep one of them`
          : `npm install ${right}, and import from it in place of ${PACKAGE}`,
      ],
    ],
  );
}

/**
 * Looks for elements of the other framework in the app of a stack.
 *
 * @throws BdrcTaskError that names the first of them
 */
export function refuseStrangers(stack: TerraformStack): void {
  const own = ownFramework();
  for (const node of stack.node.root.node.findAll()) {
    const theirs = frameworkOf(node);
    if (theirs !== undefined && theirs.name !== own.name) throw stranger(node, theirs, own);
  }
}

function stranger(node: IConstruct, theirs: Framework, own: Framework): BdrcTaskError {
  const kind = node.constructor.name;
  return new BdrcTaskError(node, `This ${kind} is made with ${theirs.name}, and its app with ${own.name}.`, [
    ["Found", shown(theirs)],
    ["App", shown(own)],
    DO_NOT_MIX,
    [
      "Next",
      `import ${kind} from ${FRAMEWORK}, or from a package that is made for it (@${own.name}/provider-…)`,
    ],
  ]);
}

/**
 * Runs what may resolve a function (`Fn`) of the other framework, which leaves no trace in the tree.
 *
 * @throws BdrcTaskError in place of the TypeError that it ends in
 */
export function withOwnFunctions<T>(stack: TerraformStack, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!/_record\w*FunctionUsage is not a function/.test(String(error))) throw error;
    const own = ownFramework();
    throw new BdrcTaskError(stack, `A function (Fn) of another framework stands in a stack of ${own.name}.`, [
      ["Stack", shown(own)],
      DO_NOT_MIX,
      ["Next", `import Fn from ${FRAMEWORK} everywhere, and take packages that are made for it`],
    ]);
  }
}

/** Whether a version comes before another one; what stands after the third number does not count. */
function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/, 3).map(Number);
  const [left, right] = [numbers(version), numbers(than)];
  const index = left.findIndex((number, at) => number !== right[at]);
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}
