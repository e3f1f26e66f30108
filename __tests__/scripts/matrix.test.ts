import { lineOf, pageOf, type Binary, type Ran } from "../../scripts/matrix/page";
import {
  lowest,
  NEWEST,
  quickRowsOf,
  rowsOf,
  type Framework,
  type Manifest,
} from "../../scripts/matrix/rows";
import manifest from "../../package.json";
import { readPage } from "../support/markdown";

const { twinOfManifest } = jest.requireActual<{ readonly twinOfManifest: (manifest: object) => Manifest }>(
  "../../scripts/twin.cjs",
);

const ROWS = rowsOf({ cdktf: manifest, cdktn: twinOfManifest(manifest) });

describe("the rows", () => {
  test.each<[Framework, string, string]>([
    ["cdktf", manifest.peerDependencies.cdktf, manifest.peerDependencies.constructs],
    ["cdktn", ">=0.24.0", ">=10.6.0"],
  ])(
    "the first of %s has the lowest of everything that the package takes",
    (framework, range, constructs) => {
      expect(ROWS.find((row) => row.framework === framework)).toEqual({
        framework,
        version: lowest(range.split(" ")[0]),
        constructs: lowest(constructs.split(" ")[0]),
        node: lowest(manifest.engines.node),
      });
    },
  );

  test("every framework runs on each Node, the newer ones with the newest constructs", () => {
    const frameworks = new Set(ROWS.map(({ framework, version }) => `${framework} ${version}`));
    expect([...frameworks]).toEqual(["cdktf 0.20.0", "cdktf 0.20.12", "cdktf 0.21.0", "cdktn 0.24.0"]);
    for (const name of frameworks) {
      const rows = ROWS.filter(({ framework, version }) => `${framework} ${version}` === name);
      expect(rows.map(({ node }) => node.split(".")[0])).toEqual(["20", "22", "24"]);
      expect(rows.slice(1).every(({ constructs }) => constructs === NEWEST)).toBe(true);
    }
  });

  test("the newest framework that is tried is the one that this project is built with", () => {
    const newest = (name: Framework) => ROWS.filter(({ framework }) => framework === name).at(-1)?.version;
    expect(newest("cdktf")).toBe(manifest.devDependencies.cdktf);
    expect(newest("cdktn")).toBe(manifest.devDependencies.cdktn);
  });

  test("the quick ones are the corners: the lowest, and the newest of each framework", () => {
    expect(quickRowsOf(ROWS)).toEqual([
      { framework: "cdktf", version: "0.20.0", constructs: "10.4.2", node: "20.9.0" },
      expect.objectContaining({ framework: "cdktf", version: "0.21.0", constructs: NEWEST }),
      expect.objectContaining({ framework: "cdktn", version: "0.24.0", constructs: NEWEST }),
    ]);
  });
});

test.each([
  [">=0.20.0 <1.0.0", "0.20.0"],
  [">=20.9", "20.9.0"],
  [">=10.6.0", "10.6.0"],
])("the lowest version of %s is %s", (range, version) => expect(lowest(range)).toBe(version));

test.each(["^0.24.0", "*", "", ">=20"])(
  "a range such as '%s' names no lowest version, and says so",
  (range) => expect(() => lowest(range)).toThrow(`The range "${range}" names no lowest version.`),
);

const TERRAFORM: Binary = { product: "Terraform", version: "1.11.4" };
const TOFU: Binary = { product: "OpenTofu", version: "1.12.6" };

function ran(problem?: string): Ran {
  return {
    row: { framework: "cdktf", version: "0.21.0", constructs: NEWEST, node: "24.21.0" },
    constructs: "10.8.1",
    runs: [
      { binary: TERRAFORM, problem: undefined },
      { binary: TOFU, problem },
    ],
    seconds: 12,
  };
}

describe("the line of a row", () => {
  test("says what was installed and how it went with each binary", () => {
    expect(lineOf(ran())).toBe(
      "ok      cdktf-bdrc-task  cdktf 0.21.0  constructs 10.8.1  Node 24.21.0  Terraform 1.11.4 ok  OpenTofu 1.12.6 ok  12 s",
    );
  });

  test("begins with FAILED when one binary went wrong, and names it", () => {
    expect(lineOf(ran("tofu plan ended with 1"))).toMatch(
      /^FAILED .* Terraform 1\.11\.4 ok {2}OpenTofu 1\.12\.6 FAILED/,
    );
  });

  test("begins with FAILED when nothing ran", () => {
    expect(lineOf({ ...ran(), runs: [] })).toMatch(/^FAILED /);
  });
});

describe("docs/versions.md", () => {
  const cells = (page: string, text: string): string[] =>
    (page.split("\n").find((line) => line.startsWith("|") && line.includes(text)) ?? "")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());

  test("has a row for each that ran, with the versions that were installed", () => {
    expect(cells(pageOf([ran()], [], "linux x64"), "0.21.0")).toEqual([
      "`cdktf-bdrc-task`",
      "cdktf 0.21.0",
      "10.8.1",
      "24.21.0",
      "1.11.4",
      "1.12.6",
      "ran",
    ]);
  });

  test("says in the row which binary was wanted and not run", () => {
    const page = pageOf([ran()], [{ product: "Terraform", version: "1.5" }], "linux x64");
    expect(cells(page, "0.21.0").slice(4, 6)).toEqual(["1.5: not run, 1.11.4", "1.12.6"]);
  });

  test("marks what was only read, and never says that it ran", () => {
    const page = pageOf([ran()], [], "linux x64");
    for (const text of ["cdktn 0.25", "1.12 to 1.16", "1.10, 1.11, 1.13"]) {
      expect(cells(page, text).at(-1)).toMatch(/^read: /);
    }
  });

  test("is the one that was made of these rows; else npm run test:matrix makes it anew", () => {
    const committed = readPage("docs/versions.md");
    const prose = (page: string) => page.split("\n").filter((line) => !line.startsWith("|"));
    expect(prose(committed)).toEqual(prose(pageOf([ran()], [], "linux x64")));
    const rows = committed.split("\n").filter((line) => /\| ran +\|$/.test(line));
    expect(rows.map((row) => row.split("|").map((cell) => cell.trim()))).toEqual(
      ROWS.map(({ framework, version, node }) =>
        expect.arrayContaining([`\`${framework}-bdrc-task\``, `${framework} ${version}`, node]),
      ),
    );
  });

  test("keeps the names of both packages in the twin, too", () => {
    const { twinOfPage } = jest.requireActual<{ readonly twinOfPage: (text: string) => string }>(
      "../../scripts/twin.cjs",
    );
    const page = pageOf([ran()], [], "linux x64");
    expect(twinOfPage(page)).toBe(page);
  });
});
