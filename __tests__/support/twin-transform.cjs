// A source that names the framework, as the twin package has it.
const { createTransformer } = require("@swc/jest");
const { twinOfCode } = require("../../scripts/twin.cjs");

const { projects } = require("../../jest.config.js");
const [, options] = Object.values(projects[0].transform)[0];
const swc = createTransformer(options);

module.exports = {
  process: (source, file, ...rest) => swc.process(twinOfCode(source), file, ...rest),
  getCacheKey: (source, ...rest) => swc.getCacheKey(twinOfCode(source), ...rest),
};
