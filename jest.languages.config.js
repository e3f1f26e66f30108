/** The other languages of CDKTF; they need toolchains of their own, so npm test does not run them. */
const { projects, globalTeardown, globalSetup } = require("./jest.config.js");

const endToEnd = projects.find(({ displayName }) => displayName === "e2e");

module.exports = {
  globalSetup,
  globalTeardown,
  testTimeout: 900_000,
  maxWorkers: 1,
  projects: [{ ...endToEnd, displayName: "languages", testMatch: ["**/languages/**/*.test.ts"] }],
};
