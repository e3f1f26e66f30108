// Writes docs/API.md and docs/API-testing.md from the doc blocks of what the package exports.
//   node scripts/docs-api.mjs [folder]
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Converter, ReflectionFlag, ReflectionKind } from "typedoc";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const target = path.resolve(process.argv[2] ?? path.join(root, "docs"));

/** The pages: where a module's exports stand, the name in an import, the raw page and the page to write. */
const PAGES = [
  { source: "lib/index.ts", module: "cdktf-bdrc-task", raw: "index.md", page: "API.md" },
  {
    source: "lib/testing/index.ts",
    module: "cdktf-bdrc-task/testing",
    raw: "testing.md",
    page: "API-testing.md",
  },
];

/** The props of a construct, in the order in which people need them: one of each pair is required, and they come first. */
const PROPS = [
  ...["taskId", "taskIds", "start", "find", "regionId", "endpoint"],
  ...["timeout", "waitAt", "require", "onFailure", "exposeAlso", "outputs", "outputPrefix"],
  ...["reuse", "wait", "triggers", "profile", "program", "remember", "maxOutage", "looksPerSecond"],
];
/** What all constructs share; its members stand in the tables of those. */
const SHARED_PROPS = "GateProps";

/** Whether a type is the props of a construct, with those that all constructs share. */
const hasSharedProps = (type) => type?.extendedTypes?.some(({ name }) => name === SHARED_PROPS) ?? false;

/** One table for all props of a construct: people look there for what they can write, not for where it comes from. */
function flattenProps(project) {
  for (const type of project.getReflectionsByKind(ReflectionKind.Interface)) {
    if (type.name === SHARED_PROPS) [...type.children].forEach((member) => project.removeReflection(member));
    if (!hasSharedProps(type)) continue;
    for (const member of type.children) delete member.inheritedFrom;
    delete type.extendedTypes;
    const strange = type.children.filter(({ name }) => !PROPS.includes(name));
    if (strange.length > 0)
      throw new Error(`PROPS does not say where ${strange.map(({ name }) => name)} stands.`);
    inOrder.add(type);
  }
}
const inOrder = new Set();

/** Sorts the tables of props, after everything else was sorted by its place in the source. */
function sortProps() {
  const place = ({ name }) => PROPS.indexOf(name);
  for (const { groups = [] } of inOrder) {
    groups.forEach(({ children }) => children.sort((one, other) => place(one) - place(other)));
  }
}

/**
 * Leaves out what a reader would find twice: members that a class has from a parent or an interface of ours. A getter
 * is shown as the property that it is for its users.
 */
function simplify(project) {
  flattenProps(project);
  for (const member of project.getReflectionsByKind(ReflectionKind.ClassMember)) {
    const known = member.getSignature ?? member.signatures?.[0] ?? member;
    const foreign = member.inheritedFrom ?? known.inheritedFrom;
    const implemented = (member.implementationOf ?? known.implementationOf) && member.getSignature;
    const errorName =
      member.name === "name" && member.parent?.extendedTypes?.some(({ name }) => name === "Error");
    if (foreign || implemented || errorName) {
      project.removeReflection(member);
      continue;
    }
    for (const part of [member, known, ...(member.signatures ?? [])]) {
      delete part.overwrites;
      delete part.implementationOf;
    }
    if (member.getSignature) {
      const { type, comment } = member.getSignature;
      project.removeReflection(member.getSignature);
      member.kind = ReflectionKind.Property;
      Object.assign(member, { type, comment, getSignature: undefined });
      if (member.comment)
        member.comment.blockTags = member.comment.blockTags.filter(({ tag }) => tag !== "@returns");
      member.setFlag(ReflectionFlag.Readonly, true);
    }
  }
}

/** A default in words is no code: `@default - nothing` is written as a sentence would be. */
function plainDefaults(text) {
  return text.replace(/\*\*Default\*\* (`?)(- )?([^|]*?)\1(?= \||$)/gm, (_, code, isWords, value) => {
    const [, short, why] = /^(\S+) - (.*)$/.exec(value) ?? [];
    if (short) return `**Default:** \`${short}\`: ${why}.`;
    return isWords ? `**Default:** ${value}.` : `**Default:** ${code}${value}${code}.`;
  });
}

function pageOf({ module, page }, body) {
  const other = PAGES.find((candidate) => candidate.page !== page);
  return [
    `# ${module}`,
    "",
    "Written by `npm run docs:api` from the doc blocks of the source; do not edit it here.",
    `See also [${other.module}](${other.page}).`,
    "",
    plainDefaults(body.trim()),
    "",
  ].join("\n");
}

const folder = await mkdtemp(path.join(tmpdir(), "api-"));
try {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: PAGES.map(({ source }) => path.join(root, source)),
    tsconfig: path.join(root, "tsconfig.build.json"),
    plugin: ["typedoc-plugin-markdown"],
    outputs: [{ name: "markdown", path: folder }],
    outputFileStrategy: "modules",
    readme: "none",
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeInternal: true,
    intentionallyNotExported: ["FAULT_KINDS", "PROGRESS_SHAPES", "Fact"],
    validation: { notExported: true, invalidLink: true, notDocumented: true },
    logLevel: "Warn",
    sort: ["source-order"],
    groupOrder: [
      "Classes",
      "Functions",
      "Interfaces",
      "Type Aliases",
      "Enumerations",
      "Constructors",
      "Properties",
      "*",
    ],
    tableColumnSettings: { hideModifiers: true },
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hidePageTitle: true,
    useHTMLAnchors: false,
    expandObjects: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    enumMembersFormat: "table",
    typeDeclarationFormat: "table",
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => simplify(context.project), 1000);
  const project = await app.convert();
  if (project) {
    sortProps();
    app.validate(project);
    await app.generateOutputs(project);
  }
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
  else {
    for (const page of PAGES) {
      await writeFile(
        path.join(target, page.page),
        pageOf(page, await readFile(path.join(folder, page.raw), "utf8")),
      );
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
