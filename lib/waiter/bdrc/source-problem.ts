/**
 * Why a source gave no credentials, in words of our own: they name files, profiles and members, and never a value.
 * Messages of the sources themselves are not passed on, since they quote configuration files and answers.
 */
export class SourceProblem extends Error {
  override readonly name = "SourceProblem";
  constructor(
    message: string,
    /** Whether the source is just not there, so that nobody needs to ask it again. */
    readonly absent = false,
  ) {
    super(message);
  }
}
