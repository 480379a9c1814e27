/** An answer of the Graph API. `body` undefined: an answer without one. */
export interface GraphAnswer {
  status: number;
  body: object | undefined;
}

/** Why a send is refused: Meta's code, and what is wrong in this case. */
export interface Refusal {
  code: number;
  details: string;
}

const RATE_LIMIT = "Rate limit hit";

/** HTTP status and title by code, as Meta's error reference lists them. */
const KNOWN_ERRORS: Record<number, readonly [status: number, title: string]> = {
  0: [401, "AuthException"],
  1: [400, "API Unknown"],
  2: [503, "API Service"],
  3: [500, "API Method"],
  4: [400, "API Too Many Calls"],
  10: [403, "Permission Denied"],
  33: [400, "Parameter value is not valid"],
  100: [400, "Invalid parameter"],
  190: [401, "Access token has expired"],
  368: [403, "Temporarily blocked for policies violations"],
  80007: [400, RATE_LIMIT],
  130429: [400, RATE_LIMIT],
  130472: [400, "User's number is part of an experiment"],
  130497: [403, "Business account is restricted from messaging users in this country"],
  131000: [500, "Something went wrong"],
  131005: [403, "Access denied"],
  131008: [400, "Required parameter is missing"],
  131009: [400, "Parameter value is not valid"],
  131016: [500, "Service unavailable"],
  131021: [400, "Recipient cannot be sender"],
  131026: [400, "Message undeliverable"],
  131031: [403, "Account has been locked"],
  131037: [400, "Display name approval is needed"],
  131042: [400, "Business eligibility payment issue"],
  131045: [500, "Incorrect certificate"],
  131047: [400, "Re-engagement message"],
  131048: [400, "Spam rate limit hit"],
  131049: [400, "Meta chose not to deliver"],
  131050: [400, "User has stopped marketing messages"],
  131051: [400, "Unsupported message type"],
  131052: [400, "Media download error"],
  131053: [400, "Media upload error"],
  131056: [400, "Pair rate limit hit"],
  131057: [500, "Account in maintenance mode"],
  132000: [400, "Template param count mismatch"],
  132001: [404, "Template does not exist"],
  132005: [400, "Template hydrated text too long"],
  132007: [400, "Template format character policy violated"],
  132012: [400, "Template parameter format mismatch"],
  132015: [400, "Template is paused"],
  132016: [400, "Template is disabled"],
  133004: [503, "Server temporarily unavailable"],
  133010: [400, "Phone number not registered"],
  134011: [400, "Payments terms not accepted"],
  135000: [400, "Generic user error"],
};

export function errorTitle(code: number): string {
  return KNOWN_ERRORS[code]?.[1] ?? "Unknown error";
}

/** The answer to a refused request. `status` overrides the one that Meta lists (throttles are also seen as 429). */
export function graphError(refusal: Refusal, status = KNOWN_ERRORS[refusal.code]?.[0] ?? 400): GraphAnswer {
  const { code, details } = refusal;
  return {
    status,
    body: {
      error: {
        message: `(#${code}) ${errorTitle(code)}`,
        type: "OAuthException",
        code,
        error_data: { messaging_product: "whatsapp", details },
        fbtrace_id: Buffer.from(`simulated-${code}`).toString("base64"),
      },
    },
  };
}

/** The same error as a status `failed` carries it. */
export function statusError(code: number): object {
  const title = errorTitle(code);
  return { code, title, message: title, error_data: { details: `Simulated failure ${code}.` } };
}
