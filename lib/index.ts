export * from "./api";
/* For TypeScript only: jsii has no classes of errors, other languages get the text. */
export { BdrcTaskError } from "./graph/errors";
