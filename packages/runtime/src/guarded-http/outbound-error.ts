/** The closed set of ways in which a guarded request can fail. An answer with a status of 4xx or 5xx is not one of them. */
export type OutboundErrorCode =
  | "invalid_url"
  | "scheme_refused"
  | "address_refused"
  | "redirect_refused"
  | "response_too_large"
  | "timed_out"
  | "unreachable";

/**
 * Why a request to a customer's URL was not made or not finished. The message may be shown to whoever gave the URL: it
 * says nothing of what the other side answered, nor which addresses a name stands for.
 */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string) {
    super(message);
    this.name = "OutboundError";
    this.code = code;
  }
}
