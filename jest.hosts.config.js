/** `npm run test:hosts`: the construct tests with cdktn, as the twin package has it, and what both packages do outside. */
const base = require("./jest.config.js");

const [unit, e2e] = base.projects;

module.exports = {
  ...base,
  testTimeout: 300_000,
  projects: [
    {
      ...unit,
      displayName: "unit-cdktn",
      testMatch: ["**/synth/**/*.test.ts"],
      moduleNameMapper: { ...unit.moduleNameMapper, "^cdktf$": "cdktn" },
      // Names the framework as scripts/twin.cjs does for the package; the first that matches counts.
      transform: {
        "/lib/(framework|package-name)\\.ts$": "<rootDir>/__tests__/support/twin-transform.cjs",
        ...unit.transform,
      },
    },
    { ...e2e, displayName: "hosts", testMatch: ["**/hosts/**/*.test.ts"] },
  ],
};
