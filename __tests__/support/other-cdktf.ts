import type * as Cdktf from "cdktf";

/** Another copy of cdktf, as a library brings one that has a `node_modules` of its own: other classes, the same symbols. */
export function otherCdktf(): typeof Cdktf {
  let other: typeof Cdktf | undefined;
  jest.isolateModules(() => (other = jest.requireActual<typeof Cdktf>("cdktf")));
  if (!other || other.TerraformStack === jest.requireActual<typeof Cdktf>("cdktf").TerraformStack) {
    throw new Error("there is no other copy of cdktf");
  }
  return other;
}
