/**
 * Shapes of plain JSON values: each can say what is wrong with a value, and describe itself as JSON Schema.
 *
 * A few small combinators instead of a library, since lib/testing depends on nothing but Node.
 */
export interface Shape {
  /** What is expected, to end the sentence "expected …". */
  readonly expected: string;
  /** The same as JSON Schema (draft 2020-12). */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Everything that is wrong with a value, one sentence each; empty when it fits. */
  problems(value: unknown, path: string): readonly string[];
}

/** A finite number within bounds. */
export function aNumber(bounds: { min?: number; max?: number; whole?: boolean; unit?: string } = {}): Shape {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = false, unit } = bounds;
  const range =
    max < Number.POSITIVE_INFINITY
      ? `, ${min} to ${max}`
      : min > Number.NEGATIVE_INFINITY
        ? `, ${min} or more`
        : "";
  return simple(
    `${whole ? "a whole number" : "a number"}${unit === undefined ? "" : ` of ${unit}`}${range}`,
    {
      type: whole ? "integer" : "number",
      ...(min > Number.NEGATIVE_INFINITY ? { minimum: min } : {}),
      ...(max < Number.POSITIVE_INFINITY ? { maximum: max } : {}),
    },
    (value) =>
      typeof value === "number" &&
      Number.isFinite(value) &&
      (!whole || Number.isInteger(value)) &&
      value >= min &&
      value <= max,
  );
}

/** A text; with a pattern, one that matches it, and `expected` says so in words. */
export function aText(expected = "a text", pattern?: RegExp): Shape {
  return simple(
    expected,
    { type: "string", ...(pattern === undefined ? {} : { pattern: pattern.source }) },
    (value) => typeof value === "string" && (pattern === undefined || pattern.test(value)),
  );
}

/** True or false. */
export function aBoolean(): Shape {
  return simple("true or false", { type: "boolean" }, (value) => typeof value === "boolean");
}

/** Null. */
export function aNull(): Shape {
  return simple("null", { type: "null" }, (value) => value === null);
}

/** One of a few texts. */
export function oneOf(words: readonly string[]): Shape {
  const expected = `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`;
  return simple(expected, { enum: words }, (value) => typeof value === "string" && words.includes(value));
}

/** Any value that JSON can hold. */
export function anyJson(): Shape {
  return simple("a JSON value", {}, isJson);
}

/** A value of any of some shapes. */
export function either(shapes: readonly Shape[]): Shape {
  const expected = shapes.map((shape) => shape.expected).join(", or ");
  return {
    expected,
    schema: { anyOf: shapes.map((shape) => shape.schema) },
    problems: (value, path) => {
      const found = shapes.map((shape) => shape.problems(value, path));
      if (found.some((problems) => problems.length === 0)) return [];
      // A list or object that is wrong inside: say where, instead of that it is none of these.
      const inside = found.filter((problems) =>
        problems.every((problem) => !problem.startsWith(`${path} is `)),
      );
      return inside[0] ?? [misfit(value, path, expected)];
    },
  };
}

/** A list whose items have one shape. */
export function listOf(item: Shape, expected: string, minItems = 0): Shape {
  return {
    expected,
    schema: { type: "array", items: item.schema, ...(minItems > 0 ? { minItems } : {}) },
    problems: (value, path) =>
      !Array.isArray(value) || value.length < minItems
        ? [misfit(value, path, expected)]
        : value.flatMap((entry: unknown, index) => item.problems(entry, `${path}[${index}]`)),
  };
}

/** An object whose keys are free, and match a pattern, and whose values have one shape. */
export function mapOf(item: Shape, expected: string, keys: Shape = aText()): Shape {
  return {
    expected,
    schema: { type: "object", propertyNames: keys.schema, additionalProperties: item.schema },
    problems: (value, path) =>
      !isObject(value)
        ? [misfit(value, path, expected)]
        : Object.entries(value).flatMap(([key, entry]) => [
            ...keys.problems(key, `a key of ${path}`),
            ...item.problems(entry, joined(path, key)),
          ]),
  };
}

/** An object with known fields; all may be left out but the required ones. */
export function anObject(
  expected: string,
  fields: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): Shape {
  return {
    expected,
    schema: {
      type: "object",
      properties: Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, shape.schema])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    },
    problems: (value, path) => {
      if (!isObject(value)) return [misfit(value, path, expected)];
      const missing = required
        .filter((name) => value[name] === undefined)
        .map((name) => `${joined(path, name)} is missing; expected ${fields[name]?.expected ?? "a value"}`);
      const wrong = Object.entries(value).flatMap(([name, entry]) => {
        if (entry === undefined) return [];
        const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (shape !== undefined) return shape.problems(entry, joined(path, name));
        return [`${joined(path, name)} is not known; allowed are ${Object.keys(fields).join(", ")}`];
      });
      return [...missing, ...wrong];
    },
  };
}

/** A shape with one more rule, which is asked when the rest fits. */
export function withRule(shape: Shape, rule: (value: unknown, path: string) => readonly string[]): Shape {
  const problems = (value: unknown, path: string) => {
    const found = shape.problems(value, path);
    return found.length > 0 ? found : rule(value, path);
  };
  return { ...shape, problems };
}

/** The path of a member: `a.b`, or `a["b c"]` when the name is no plain word. */
export function joined(path: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** A value as it is shown in an error: JSON, shortened. */
export function shown(value: unknown): string {
  const text = isJson(value) ? JSON.stringify(value) : `a ${typeof value}`;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function simple(
  expected: string,
  schema: Readonly<Record<string, unknown>>,
  fits: (value: unknown) => boolean,
): Shape {
  return {
    expected,
    schema,
    problems: (value, path) => (fits(value) ? [] : [misfit(value, path, expected)]),
  };
}

function misfit(value: unknown, path: string, expected: string): string {
  return `${path === "" ? "the whole" : path} is ${shown(value)}; expected ${expected}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
