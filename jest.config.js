/**
 * Fast unit tests; end-to-end tests that run a real Terraform; those that hold a page of docs/ to what is seen, which
 * take minutes and want the machine for themselves; and the modules of plain HCL.
 */
const MEASURED = ["/e2e/gate-behaviour.test.ts", "/faults/matrix.test.ts"];

const shared = {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  transform: {
    "^.+\\.(ts|m?js)$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // These packages are published as ES modules only.
  transformIgnorePatterns: [
    "/node_modules/(?!(@bomb\\.sh|markdown-table|pretty-ms|parse-ms|https-proxy-agent|proxy-agent-negotiate|proxy-from-env|agent-base)/)",
  ],
  // The same replacements as in the waiter's bundle: the SDK runs over our transport in tests, too.
  moduleNameMapper: {
    "^httpx$": "<rootDir>/lib/waiter/bdrc/transport.ts",
    // The same aliases as in tsconfig.json.
    "^@cdktf/provider-alicloud$": "<rootDir>/.gen/providers/alicloud",
    "^@cdktf/provider-alicloud/lib/(.*)$": "<rootDir>/.gen/providers/alicloud/$1",
    // A dynamic import names the file as it is once compiled.
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
};

module.exports = {
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  globalTeardown: "<rootDir>/__tests__/support/global-teardown.ts",
  testTimeout: 180_000,
  // One for each core: a third one makes Terraform so slow that scripted tasks meet their deadlines.
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["**/*.test.ts"],
      testPathIgnorePatterns: ["/e2e/", "/faults/", "/hosts/", "/__tests__/modules/", "/languages/"],
      setupFiles: ["<rootDir>/__tests__/support/unit-setup.ts"],
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["**/e2e/**/*.test.ts", "**/faults/**/*.test.ts"],
      testPathIgnorePatterns: MEASURED,
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
    },
    {
      ...shared,
      displayName: "measured",
      testMatch: MEASURED.map((file) => `**${file}`),
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
    },
    {
      ...shared,
      displayName: "modules",
      testMatch: ["**/__tests__/modules/**/*.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
    },
  ],
};
