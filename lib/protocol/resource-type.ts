/** What a resource type is made of: words joined by `::`. */
export const RESOURCE_TYPE = /^[A-Za-z0-9_-]+(::[A-Za-z0-9_-]+)+$/;

/** Says why a text cannot be a resource type, or undefined when it can: `ACS::OSS::Bucket`. */
export function resourceTypeProblem(text: string): string | undefined {
  if (text === "") return "it is empty";
  return RESOURCE_TYPE.test(text) ? undefined : "a type is words joined by '::'";
}
