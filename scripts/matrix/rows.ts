/** A framework of the two packages. */
export type Framework = "cdktf" | "cdktn";

/** What of a package.json says which versions the package works with. */
export interface Manifest {
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** One set of versions that the package is installed and run with. */
export interface Row {
  readonly framework: Framework;
  /** Of the framework. */
  readonly version: string;
  /** An exact version, or the newest that the package and the framework take, which npm finds. */
  readonly constructs: string;
  readonly node: string;
}

/** The word for what npm finds by itself. */
export const NEWEST = "newest";

/** Beside the lowest one that the package takes. */
const NEWER_FRAMEWORKS: Readonly<Record<Framework, readonly string[]>> = {
  cdktf: ["0.20.12", "0.21.0"],
  cdktn: [],
};

/** Beside the lowest one that the package takes. */
const NEWER_NODES = ["22.23.3", "24.21.0"];

/**
 * Every framework with the lowest of everything, then with the newest constructs on each newer Node.
 *
 * @param manifests the package.json of both packages
 */
export function rowsOf(manifests: Readonly<Record<Framework, Manifest>>): Row[] {
  return (["cdktf", "cdktn"] as const).flatMap((framework) => {
    const { engines, peerDependencies: peers } = manifests[framework];
    return [lowest(peers[framework]), ...NEWER_FRAMEWORKS[framework]].flatMap((version) => [
      { framework, version, constructs: lowest(peers["constructs"]), node: lowest(engines.node) },
      ...NEWER_NODES.map((node) => ({ framework, version, constructs: NEWEST, node })),
    ]);
  });
}

/** The corners: the lowest of everything with cdktf, and the newest of everything with each framework. */
export function quickRowsOf(rows: readonly Row[]): Row[] {
  const newest = (framework: Framework) => rows.filter((row) => row.framework === framework).at(-1);
  return [rows[0], newest("cdktf"), newest("cdktn")].filter((row) => row !== undefined);
}

/** The lowest version in a range such as `>=0.20.0 <1.0.0`. @throws Error when it begins otherwise */
export function lowest(range = ""): string {
  const [, major, minor, patch = "0"] = /^>=(\d+)\.(\d+)(?:\.(\d+))?(?= |$)/.exec(range) ?? [];
  if (major === undefined || minor === undefined) {
    throw new Error(`The range "${range}" names no lowest version.\n\n  Expected: such as ">=0.20.0 <1.0.0"`);
  }
  return `${major}.${minor}.${patch}`;
}
