import { WaitAt } from "../../../lib";
import type { Row } from "./row";
import { SECTIONS } from "./sections";

const HEAD = [
  "circumstances",
  "command",
  "waits during",
  "calls",
  "exit",
  "next plan clean",
  "in state",
  "outputs",
  "what the user reads first",
];

/**
 * The page docs/gate-behaviour.md.
 *
 * @param played the rows of each scenario, by section and in its order
 */
export function document(played: readonly (readonly (readonly Row[])[])[]): string {
  const sections = SECTIONS.map(({ title, says, scenarios }, section) => {
    const tables = scenarios.map(({ waitAt }, index) => {
      const rows = played[section]?.[index] ?? [];
      return `**${waitAt === WaitAt.PLAN ? "WaitAt.PLAN" : "WaitAt.APPLY"}**\n\n${table(rows)}`;
    });
    return [`## ${title}`, says, ...tables].join("\n\n");
  });
  return `# What the gate does, command by command

\`__tests__/e2e/gate-behaviour.test.ts\` made this page from what it saw: the real Terraform, against the fake BDRC service. The
test fails when the page says anything else.

- **waits during**: the part of the run in which the waiter decided to look again later; _nowhere_ when it never did.
- **calls**: what the service saw; a bound where looks are repeated.
- **exit**: of a plan, 0 means no changes, 1 an error and 2 changes, as \`-detailed-exitcode\` has it.
- **next plan clean**: of the plan itself, or of a plan right after an apply.
- **in state**: \`stamp\`, \`wait\` and \`snapshot\` are the gate's own; \`gated\` was given to \`gate()\`, \`sized\` and \`behind\` use a
  count, \`free\` has nothing to do with the task. _And the old one_: Terraform keeps the one before until the next apply.
- **outputs**: \`<id>_status\` and \`<id>_total_count\`, as other stacks see them.

${sections.join("\n\n")}
`;
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    `\`${row.command}\``,
    row.block,
    row.calls,
    String(row.code),
    row.clean === undefined ? "–" : row.clean ? "yes" : "no",
    row.state,
    row.value,
    row.text,
  ]);
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  return [line(HEAD), line(HEAD.map(() => "---")), ...cells.map(line)].join("\n");
}
