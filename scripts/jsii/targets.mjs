// What the packages are called in the other languages of CDKTF. The owner of the accounts sets them before the first
// release; docs/languages.md and the tests take them from here.

/** Of each npm package: its framework, the lowest constructs it works with, and its name in each language. */
export const HOSTS = {
  cdktf: {
    npm: "cdktf-bdrc-task",
    peer: ">=0.21.0 <0.22.0",
    constructs: "constructs-for-cdktf",
    frameworkJar: "com.hashicorp:cdktf:0.21.0",
    python: { distName: "cdktf-bdrc-task", module: "cdktf_bdrc_task" },
    java: {
      package: "io.github.cdktfbdrctask",
      maven: { groupId: "io.github.cdktfbdrctask", artifactId: "cdktf-bdrc-task" },
    },
    go: { moduleName: "github.com/cdktfbdrctask/cdktf-bdrc-task-go", packageName: "bdrctask" },
    dotnet: { namespace: "CdktfBdrcTask", packageId: "CdktfBdrcTask" },
  },
  cdktn: {
    npm: "cdktn-bdrc-task",
    peer: ">=0.24.0 <1.0.0",
    constructs: "constructs-for-cdktn",
    frameworkJar: "io.cdktn:cdktn:0.24.0",
    python: { distName: "cdktn-bdrc-task", module: "cdktn_bdrc_task" },
    java: {
      package: "io.github.cdktnbdrctask",
      maven: { groupId: "io.github.cdktnbdrctask", artifactId: "cdktn-bdrc-task" },
    },
    go: { moduleName: "github.com/cdktfbdrctask/cdktn-bdrc-task-go", packageName: "bdrctask" },
    dotnet: { namespace: "CdktnBdrcTask", packageId: "CdktnBdrcTask" },
  },
};
