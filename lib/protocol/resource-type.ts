/** Says why a text cannot be a resource type, or undefined when it can: `ACS::OSS::Bucket`. */
export function resourceTypeProblem(text: string): string | undefined {
  if (text === "") return "it is empty";
  return /^[A-Za-z0-9_-]+(::[A-Za-z0-9_-]+)+$/.test(text) ? undefined : "a type is words joined by '::'";
}
