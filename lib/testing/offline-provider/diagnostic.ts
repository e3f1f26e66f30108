/** An error that Terraform shows at the attribute that it is about. */
export interface Diagnostic {
  /** Three to five words. */
  readonly summary: string;
  /** What happened and what to do, a blank line, then `Key: value` facts. */
  readonly detail: string;
  /** The attribute of the data source that it is about; undefined for the whole block. */
  readonly attribute?: string;
}

/** Builds a diagnostic out of its parts; facts without a value are left out. */
export function diagnostic(
  summary: string,
  paragraph: string,
  facts: Readonly<Record<string, string | undefined>> = {},
  attribute: string | undefined = "program",
): Diagnostic {
  const lines = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}`);
  const detail = lines.length === 0 ? paragraph : `${paragraph}\n\n${lines.join("\n")}`;
  return { summary, detail, ...(attribute === undefined ? {} : { attribute }) };
}

/** Either a result, or the diagnostics that say why there is none. */
export type Outcome<T> = { readonly value: T } | { readonly diagnostics: readonly Diagnostic[] };
