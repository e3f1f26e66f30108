// What the packages are called in the other languages of CDKTF. The owner of the accounts sets them before the first
// release; docs/languages.md has the same names.

/**
 * A package of this project, by its framework.
 *
 * @param namespace of the package in C#
 * @param rest which versions of the framework it takes, and the framework's own jar
 */
const host = (framework, namespace, rest) => ({
  npm: `${framework}-bdrc-task`,
  // An alias in package.json for the lowest constructs that it works with.
  constructs: `constructs-for-${framework}`,
  ...rest,
  targets: {
    python: { distName: `${framework}-bdrc-task`, module: `${framework}_bdrc_task` },
    java: {
      package: `io.github.${framework}bdrctask`,
      maven: { groupId: `io.github.${framework}bdrctask`, artifactId: `${framework}-bdrc-task` },
    },
    go: { moduleName: `github.com/cdktfbdrctask/${framework}-bdrc-task-go`, packageName: "bdrctask" },
    dotnet: { namespace, packageId: namespace },
  },
});

export const HOSTS = {
  cdktf: host("cdktf", "CdktfBdrcTask", {
    peer: ">=0.21.0 <0.22.0",
    frameworkJar: "com.hashicorp:cdktf:0.21.0",
  }),
  cdktn: host("cdktn", "CdktnBdrcTask", {
    peer: ">=0.24.0 <1.0.0",
    frameworkJar: "io.cdktn:cdktn:0.24.0",
  }),
};
