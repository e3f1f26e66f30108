// Bundles what runs later as single files: the waiter (inside Terraform), the command bdrc-task, and the offline
// provider (under tests).
import { build } from "esbuild";
import { minify } from "@swc/core";
import { createHash } from "node:crypto";
import { chmod, copyFile, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { writeNotices } from "./notices.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => path.join(root, ...parts);

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: root,
  metafile: true,
};

/** Packages that the SDK loads and a DescribeTask call never needs; see docs/design.md, "The bundle". */
const slim = {
  httpx: at("lib/waiter/bdrc/transport.ts"),
  "@alicloud/tea-xml": at("lib/waiter/bdrc/unused-package.ts"),
  "@alicloud/gateway-spi": at("lib/waiter/bdrc/unused-package.ts"),
  debug: at("lib/waiter/bdrc/no-debug.ts"),
};

/** What lib/waiter/bdrc/sources takes of the credentials package; its index would load four times as much. */
const USED_CREDENTIALS = /\/providers\/(ram_role_arn|oidc_role_arn|ecs_ram_role)$/;

/**
 * The SDK loads the credentials package at its start; we load it ourselves, only when it is needed, and no more of it
 * than is used. What an update moves is bundled whole again, which the limit of size in the tests shows.
 */
const lazyCredentials = {
  name: "lazy-credentials",
  setup(builder) {
    builder.onResolve({ filter: /^@alicloud\/credentials$/ }, ({ importer }) =>
      importer.includes("openapi-client") ? { path: slim["@alicloud/tea-xml"] } : undefined,
    );
    builder.onResolve({ filter: /^\.\// }, ({ importer, path: file }) =>
      /@alicloud[\\/]credentials[\\/]dist[\\/]src[\\/]client\.js$/.test(importer) &&
      !USED_CREDENTIALS.test(file)
        ? { path: slim["@alicloud/tea-xml"] }
        : undefined,
    );
  },
};

/** Traces are asked for by few, and their packages are large: they stand in a file of their own, loaded when needed. */
const TRACES = { source: /^\.\/otel\.js$/, file: "traces.cjs" };
const tracesApart = {
  name: "traces-apart",
  setup(builder) {
    builder.onResolve({ filter: TRACES.source }, () => ({ path: `./${TRACES.file}`, external: true }));
  },
};

/** Ways of the SDK to call that we never take: calls with forms and headers of our own go through doRequest. */
const UNUSED_CALLS = ["doRPCRequest", "doROARequest", "doROARequestWithForm", "execute"];

/**
 * Leaves the bodies of methods out that are never called, since no bundler can tell that of a class. What an update
 * renames stays in the bundle, which the limit of size in the tests shows; one that is called after all says its name.
 */
const unusedCalls = {
  name: "unused-calls",
  setup(builder) {
    builder.onLoad(
      { filter: /@alicloud[\\/]openapi-client[\\/]dist[\\/]client\.js$/ },
      async ({ path: file }) => {
        const text = await readFile(file, "utf8");
        const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
        const bodies = [];
        const visit = (node) => {
          if (ts.isMethodDeclaration(node) && node.body && UNUSED_CALLS.includes(node.name.getText())) {
            bodies.push([node.body.getStart(), node.body.getEnd(), node.name.getText()]);
          } else ts.forEachChild(node, visit);
        };
        visit(source);
        const contents = bodies.reduceRight(
          (rest, [begin, end, name]) =>
            `${rest.slice(0, begin)}{ throw new Error("${name} is left out"); }${rest.slice(end)}`,
          text,
        );
        return { contents, loader: "js" };
      },
    );
  },
};

const bundles = [
  {
    in: "lib/waiter/main.ts",
    out: "dist/waiter.cjs",
    alias: slim,
    plugins: [lazyCredentials, unusedCalls],
    tight: true,
  },
  {
    in: "lib/cli/main.ts",
    out: "dist/cli.cjs",
    alias: slim,
    plugins: [lazyCredentials, tracesApart],
    shebang: true,
  },
  { in: "lib/cli/otel.ts", out: `dist/${TRACES.file}` },
  { in: "lib/testing/offline-provider/main.ts", out: "dist/offline-provider.cjs", shebang: true },
].filter((bundle) => existsSync(at(bundle.in)));

/** A second pass over a bundle that has to be small: 3 % less than esbuild's own, as measured on the waiter. */
async function tighten(file) {
  const code = await readFile(file, "utf8");
  const options = { ecma: 2022, toplevel: true };
  const result = await minify(code, {
    ...options,
    compress: { ...options, passes: 3 },
    mangle: { toplevel: true },
  });
  await writeFile(file, result.code);
}

const metafiles = [];
for (const bundle of bundles) {
  const result = await build({
    ...common,
    entryPoints: [at(bundle.in)],
    outfile: at(bundle.out),
    alias: bundle.alias ?? {},
    plugins: bundle.plugins ?? [],
    ...(bundle.shebang ? { banner: { js: "#!/usr/bin/env node" } } : {}),
  });
  if (bundle.tight) await tighten(at(bundle.out));
  if (bundle.shebang) await chmod(at(bundle.out), 0o755);
  await writeFile(at(`${bundle.out}.meta.json`), JSON.stringify(result.metafile));
  metafiles.push(result.metafile);
}
await writeNotices(metafiles, root, at("dist/THIRD_PARTY_NOTICES.txt"));

// The modules of plain HCL are whole by themselves: each has the waiter beside it, and what it has to be.
const digest = createHash("sha256")
  .update(await readFile(at("dist/waiter.cjs")))
  .digest("hex");
for (const name of ["at-plan", "at-apply"]) {
  await copyFile(at("dist/waiter.cjs"), at("modules", name, "waiter.cjs"));
  await copyFile(at("dist/THIRD_PARTY_NOTICES.txt"), at("modules", name, "THIRD_PARTY_NOTICES.txt"));
  await writeFile(at("modules", name, "waiter.sha256"), `${digest}\n`);
}
