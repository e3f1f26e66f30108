import tseslint from "typescript-eslint";

/** Named in lib/framework.ts and nowhere else in lib. */
const FRAMEWORKS = ["cdktf", "cdktf/*", "cdktn", "cdktn/*"];

/** One direction of imports; see docs/design.md, "The house". */
const walls = (files, patterns, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: patterns, message }] }] },
});

export default tseslint.config(
  {
    // examples/backup-gate is a project of its own, with packages of its own.
    ignores: [
      "**/node_modules",
      "dist",
      ".gen",
      "cdktf.out",
      ".tmp",
      ".jsii-build",
      "examples/backup-gate",
      "**/*.js",
      "**/*.mjs",
      "**/*.cjs",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  walls(["lib/protocol/**"], ["../*", ...FRAMEWORKS, "constructs"], "protocol/ imports nothing."),
  walls(
    ["lib/waiter/**"],
    [...FRAMEWORKS, "**/framework", "constructs", "**/graph/*", "**/cli/*", "**/testing/*"],
    "The run side never imports the synth side.",
  ),
  walls(
    ["lib/cli/**"],
    [...FRAMEWORKS, "**/framework", "constructs", "**/graph/*"],
    "The command works without a framework; it may use lib/testing, for the fake service.",
  ),
  walls(
    ["lib/graph/**", "lib/construct/**", "lib/*.ts"],
    [...FRAMEWORKS, "**/waiter/*", "**/cli/*", "**/testing/*"],
    "The synth side takes the framework from lib/framework.ts, and nothing from the run side; share words through protocol/.",
  ),
  walls(
    ["lib/testing/**"],
    [...FRAMEWORKS, "**/framework", "constructs", "**/graph/*"],
    "lib/testing works without a framework.",
  ),
  // The one place that names it; see scripts/twin.cjs.
  { files: ["lib/framework.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["main.ts", "scripts/**", "bench/**", "__tests__/**"], rules: { "no-console": "off" } },
  {
    files: ["__tests__/**"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
    },
  },
);
