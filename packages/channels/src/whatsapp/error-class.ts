/**
 * What to do about an error of the Graph API:
 * - retry: passes by itself; `maxAttempts` counts all attempts at the message, the first included;
 * - slow_down: a limit of the whole number (account) or of one conversation (recipient);
 * - final: this message will never go out as it is;
 * - pause: the account's fault; nothing will go out until a person acts.
 */
export type ErrorClass =
  | { kind: "retry"; maxAttempts?: number; retryAfterMs?: number }
  | { kind: "slow_down"; scope: "account" | "recipient"; retryAfterMs?: number }
  | { kind: "final" }
  | { kind: "pause" };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const FINAL: ErrorClass = { kind: "final" };
const PAUSE: ErrorClass = { kind: "pause" };

/** Meta's codes. What a code means is documented; the class is our reading of it. */
const CLASSES: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  // The access token and its permissions (200 to 299 are permissions as well, see below).
  [0, PAUSE], // cannot authenticate
  [190, PAUSE], // token expired or revoked
  [3, PAUSE], // capability missing
  [10, PAUSE], // permission not granted or withdrawn
  [131005, PAUSE], // access denied

  // The service.
  [1, { kind: "retry", maxAttempts: 2 }], // "unknown": a bad request as often as a fault of the server
  [2, { kind: "retry" }], // temporarily down or overloaded
  [131000, { kind: "retry", maxAttempts: 3 }], // unknown failure
  [131016, { kind: "retry" }], // overloaded
  [131057, { kind: "retry", retryAfterMs: MINUTE }], // in maintenance, as during a throughput upgrade
  [133004, { kind: "retry" }], // server unavailable

  // Limits.
  [4, { kind: "slow_down", scope: "account", retryAfterMs: 5 * MINUTE }], // calls of the app per hour
  [80007, { kind: "slow_down", scope: "account", retryAfterMs: 5 * MINUTE }], // calls for the WABA per hour
  [130429, { kind: "slow_down", scope: "account", retryAfterMs: SECOND }], // messages per second of the number
  [131056, { kind: "slow_down", scope: "recipient" }], // messages to one user; the wait grows, see below
  // Ten messages of one Flow per hour: a limit of neither number nor recipient, so only this message waits.
  [132069, { kind: "retry", retryAfterMs: HOUR }],

  // The account.
  [33, PAUSE], // number deleted
  [368, PAUSE], // blocked for violating a policy
  [131031, PAUSE], // locked
  [131037, PAUSE], // display name not approved
  [131042, PAUSE], // payment problem
  [131045, PAUSE], // number not registered: certificate
  [131048, PAUSE], // too many messages reported as spam
  [131063, PAUSE], // marketing templates disabled on the Cloud API
  [131064, PAUSE], // limited for misclassified templates; lifts itself
  [133010, PAUSE], // number not registered
  [134011, PAUSE], // payment terms not accepted

  // The recipient.
  [130403, FINAL], // the business has blocked this user
  [130472, FINAL], // user is part of an experiment
  [130497, FINAL], // business may not message users of this country; others still receive
  [131021, FINAL], // recipient is the sender
  [131026, FINAL], // undeliverable: no WhatsApp, old app, terms not accepted
  [131030, FINAL], // not on the allow-list of a test number
  [131047, FINAL], // outside the 24 h window: send a template
  [131049, FINAL], // withheld for the ecosystem's health: not again before 24 h
  [131050, FINAL], // user stopped marketing messages
  [131062, FINAL], // a BSUID will not do for this message: use the phone

  // The message.
  [100, FINAL], // bad parameter
  [131008, FINAL], // missing parameter
  [131009, FINAL], // invalid parameter value
  [131051, FINAL], // unsupported type
  [131052, FINAL], // inbound media cannot be downloaded
  [131053, FINAL], // outbound media rejected
  [132000, FINAL], // template: count of parameters
  [132001, FINAL], // template: missing, or not approved in this language
  [132005, FINAL], // template: text too long
  [132007, FINAL], // template: policy
  [132012, FINAL], // template: format of parameters
  [132015, FINAL], // template: paused
  [132016, FINAL], // template: disabled
  [132018, FINAL], // template: validation
  [132068, FINAL], // Flow blocked
  [135000, FINAL], // bad parameters, unspecified

  // Registering a number; never the answer to a message.
  [133000, FINAL],
  [133005, FINAL],
  [133006, FINAL],
  [133008, FINAL],
  [133009, FINAL],
  [133015, FINAL],
  [133016, FINAL],
]);

/** Where an error came up, as far as that changes what to do about it. */
export interface ErrorCircumstances {
  /** Which attempt at the message met it, from 1. */
  attempt?: number;
  httpStatus?: number;
}

/**
 * The class of a Graph error, by its code as Meta advises: titles change, and HTTP statuses differ from page to page.
 * An unknown code is final, unless HTTP says 429: then there is nothing else to go by, and it says "later".
 */
export function classifyGraphError(code: number, { attempt = 1, httpStatus }: ErrorCircumstances = {}): ErrorClass {
  const known = CLASSES.get(code);
  if (known?.kind === "slow_down" && known.scope === "recipient")
    return { ...known, retryAfterMs: pairRateWait(attempt) };
  if (known !== undefined) return known;
  if (code >= 200 && code <= 299) return PAUSE;
  return httpStatus === 429 ? { kind: "slow_down", scope: "account" } : FINAL;
}

/** Meta, error 131056: try again after 4^X seconds with X = 0, 1, 2 …; here at most 4^5 s, some 17 minutes. */
function pairRateWait(attempt: number): number {
  return 4 ** Math.min(Math.max(attempt - 1, 0), 5) * SECOND;
}
