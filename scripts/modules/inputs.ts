import { MAX_REGION_ID_LENGTH, REGION_ID } from "../../lib/protocol/endpoint";
import {
  DEFAULT_MAX_OUTAGE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_TIMEOUT_SECONDS,
} from "../../lib/protocol/query";
import { RESOURCE_TYPE } from "../../lib/protocol/resource-type";
import { MAX_TASK_ID_LENGTH, TASK_ID } from "../../lib/protocol/task-id";
import { errorText } from "../../lib/graph/errors";
import { Code } from "./hcl";

/** A variable of a module. */
export interface Input {
  readonly name: string;
  /** A Terraform type. */
  readonly type: string;
  readonly description: string;
  /** @default - it has to be given */
  readonly default?: unknown;
  /** What a value has to be. */
  readonly validations?: readonly Validation[];
}

interface Validation {
  /** A Terraform expression. */
  readonly condition: string;
  readonly errorMessage: string;
}

const text = (value: string): string => JSON.stringify(value);

/** A text of one kind; null is none where that is the default. */
function matches(name: string, pattern: RegExp, most: number): string {
  return `try(length(var.${name}) <= ${most} && can(regex(${text(pattern.source)}, var.${name})), false)`;
}

function expected(name: string, what: string): string {
  return errorText("BAD_CONFIGURATION", `${name} cannot be used.`, [["Expected", what]]);
}

function seconds(name: string, otherwise: number, description: string): Input {
  return {
    name,
    type: "number",
    description,
    default: otherwise,
    validations: [
      {
        condition: `var.${name} >= 1 && var.${name} <= ${MAX_TIMEOUT_SECONDS} && floor(var.${name}) == var.${name}`,
        errorMessage: expected(name, `whole seconds from 1 to ${MAX_TIMEOUT_SECONDS}, a day`),
      },
    ],
  };
}

/** Each kind of failure that can open the gate; `FAILED` stands for every end that is no success. */
export const EXPOSED = ["FAILED", "NOT_FOUND", "UNREADABLE", "DEADLINE"] as const;

const eachRange = (holds: string): string => `alltrue([for range in values(var.require) : ${holds}])`;
const limits = "[range.exact, range.min, range.max]";

/** The variables of every module; those of one only say so. */
export const INPUTS: readonly Input[] = [
  {
    name: "task_id",
    type: "string",
    description: "The task to wait for, such as t-0004d9ctt1iiabcdefgh. A new id is a new wait.",
    validations: [
      {
        condition: matches("task_id", TASK_ID, MAX_TASK_ID_LENGTH),
        errorMessage: expected(
          "task_id",
          "an id such as t-0004d9ctt1iiabcdefgh: letters, digits, '-' and '_'",
        ),
      },
    ],
  },
  {
    name: "region_id",
    type: "string",
    description:
      "The region whose BDRC knows the task: cn-shanghai, ap-southeast-1 or cn-shanghai-finance-1. Either this or endpoint.",
    default: null,
    validations: [
      {
        condition: `var.region_id == null || ${matches("region_id", REGION_ID, MAX_REGION_ID_LENGTH)}`,
        errorMessage: expected("region_id", "a region such as cn-shanghai"),
      },
    ],
  },
  {
    name: "endpoint",
    type: "string",
    description:
      "The host to ask instead, as host[:port] or a URL: a VPC endpoint, or a fake service. Plain http for a loopback address only.",
    default: null,
  },
  {
    name: "profile",
    type: "string",
    description:
      "A profile of ~/.aliyun/config.json or ~/.alibabacloud/credentials on the machine that runs Terraform. Never a key: keys come from the environment only.",
    default: null,
    validations: [
      {
        condition: `var.profile == null || ${matches("profile", /^\S(.*\S)?$/, 128)}`,
        errorMessage: expected(
          "profile",
          "a profile name of 1 to 128 characters, without blanks at its ends",
        ),
      },
    ],
  },
  seconds("timeout_seconds", DEFAULT_TIMEOUT_SECONDS, "The longest wait in seconds, retries included."),
  seconds(
    "max_outage_seconds",
    DEFAULT_MAX_OUTAGE_SECONDS,
    "How long the wait goes on without one good answer of the API, in seconds.",
  ),
  {
    name: "expose",
    type: "set(string)",
    description:
      "What opens the gate besides a success; status and problem then say what it was. FAILED: a task that ended otherwise (FAILED, EXPIRED, CANCELED). NOT_FOUND, UNREADABLE and DEADLINE come on top of FAILED.",
    default: [],
    validations: [
      {
        condition: `length(setsubtract(var.expose, ${JSON.stringify(EXPOSED).replaceAll(",", ", ")})) == 0`,
        errorMessage: expected("expose", EXPOSED.join(", ")),
      },
      {
        condition: 'length(var.expose) == 0 || contains(var.expose, "FAILED")',
        errorMessage: expected("expose", "FAILED among the words, since the others come on top of it"),
      },
    ],
  },
  {
    name: "require",
    type: "map(object({ min = optional(number), max = optional(number), exact = optional(number) }))",
    description:
      "What has to be found, by resource type or total; the gate stays closed when it is not. Only said of a task that succeeded.",
    default: {},
    validations: [
      {
        condition: `alltrue([for key in keys(var.require) : key == "total" || can(regex(${text(RESOURCE_TYPE.source)}, key))])`,
        errorMessage: expected(
          "require",
          'keys that are a resource type such as "ACS::OSS::Bucket", or "total"',
        ),
      },
      {
        condition: eachRange(
          `alltrue([for limit in ${limits} : limit == null ? true : limit >= 0 && floor(limit) == limit]) && length([for limit in ${limits} : limit if limit != null]) > 0`,
        ),
        errorMessage: expected("require", "min, max or exact of each, a whole number from 0"),
      },
      {
        condition: eachRange("range.exact == null || (range.min == null && range.max == null)"),
        errorMessage: expected("require", "exact alone, or min and max"),
      },
      {
        condition: eachRange("try(range.min <= range.max, true)"),
        errorMessage: expected("require", "min not greater than max"),
      },
    ],
  },
  {
    name: "program",
    type: "list(string)",
    description:
      "What runs the waiter on the machine that runs Terraform, and its arguments; Node.js 20.9 or newer. The waiter's file comes after it.",
    default: ["node"],
    validations: [
      {
        condition: 'length(var.program) > 0 && alltrue([for part in var.program : trimspace(part) != ""])',
        errorMessage: expected("program", 'a command and its arguments, such as ["/opt/node/bin/node"]'),
      },
    ],
  },
];

/** The variable of the wait at apply alone. */
export const LABEL: Input = {
  name: "label",
  type: "string",
  description: "What the lines of the wait begin with.",
  default: "task",
};

/** A variable as the body of its block. */
export function bodyOfInput(input: Input): Record<string, unknown> {
  const isNullable = "default" in input && input.default === null;
  return {
    description: input.description.replaceAll("${", "$${"),
    type: new Code(input.type),
    ...("default" in input ? { default: input.default } : {}),
    ...(isNullable ? {} : { nullable: false }),
    validation: (input.validations ?? []).map(({ condition, errorMessage }) => ({
      condition: new Code(condition),
      error_message: errorMessage,
    })),
  };
}
