/** A call that brought no whole answer; `code` is Node's error code or one of ours. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  constructor(
    message: string,
    /** Node's code (ECONNRESET, ENOTFOUND, …), or TIMEOUT, CUT_SHORT, TOO_LARGE, BAD_PROXY. */
    readonly code: string,
  ) {
    super(message);
  }
}
