import type { ProviderError, SendOutcome } from "@parley/channels";
import type { AttemptState, MessageStatus } from "@parley/db";
import { backoffMs } from "@parley/queue";

/** What an outcome means for the message, its attempt and its inbox. */
export interface Settlement {
  messageStatus: Extract<MessageStatus, "SENT" | "QUEUED" | "FAILED" | "UNKNOWN">;
  attemptState: AttemptState;
  externalId?: string;
  httpStatus?: number;
  error?: ProviderError;
  /** For a message that is QUEUED again. */
  retryAfterMs?: number;
  /** It counts against the number of failures that a message may have … */
  isFailure?: boolean;
  /** … or of times that it may be slowed down. */
  isSlowDown?: boolean;
  /** The provider wants fewer messages from us. */
  pushBack?: { scope: "account" | "recipient"; delayMs: number };
  /** Nothing more will leave this inbox until a person acts. */
  pausesInbox?: boolean;
}

/** With the backoff below more than an hour, mostly: an outage of the provider should cost no message. */
const MAX_FAILURES = 30;
const MAX_SLOW_DOWNS = 30;
const MAX_WAIT_MS = 5 * 60_000;
const BACKOFF = { baseMs: 1_000, maxMs: MAX_WAIT_MS };
/** Grows as failures do; where the channel asks for more, it is given that. */
const PUSH_BACK = {
  account: { baseMs: 1_000, maxMs: MAX_WAIT_MS },
  recipient: { baseMs: 10_000, maxMs: MAX_WAIT_MS },
};

/**
 * `failures` and `slowDowns` count those of the message before this, since somebody queued it. Each has a patience of
 * its own. `random` is the jitter.
 */
export function settle(
  outcome: SendOutcome,
  { failures, slowDowns }: { failures: number; slowDowns: number },
  random: () => number = Math.random,
): Settlement {
  switch (outcome.kind) {
    case "accepted":
      return {
        messageStatus: "SENT",
        attemptState: "ACCEPTED",
        externalId: outcome.externalId,
        httpStatus: outcome.httpStatus,
      };
    case "unknown":
      return { ...evidence(outcome), messageStatus: "UNKNOWN", attemptState: "UNKNOWN" };
    case "final":
      return { ...evidence(outcome), messageStatus: "FAILED", attemptState: refusedBy(outcome) };
    case "pause":
      return { ...evidence(outcome), messageStatus: "QUEUED", attemptState: refusedBy(outcome), pausesInbox: true };
    case "retry": {
      const attemptState = refusedBy(outcome);
      if (failures + 1 >= (outcome.maxAttempts ?? MAX_FAILURES)) {
        return { ...evidence(outcome), messageStatus: "FAILED", attemptState };
      }
      const retryAfterMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(BACKOFF, failures + 1, random));
      return { ...evidence(outcome), messageStatus: "QUEUED", attemptState, retryAfterMs, isFailure: true };
    }
    case "slow_down": {
      if (slowDowns + 1 >= MAX_SLOW_DOWNS) {
        return { ...evidence(outcome), messageStatus: "FAILED", attemptState: "REFUSED" };
      }
      const delayMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(PUSH_BACK[outcome.scope], slowDowns + 1, random));
      return {
        ...evidence(outcome),
        messageStatus: "QUEUED",
        attemptState: "REFUSED",
        retryAfterMs: delayMs,
        isSlowDown: true,
        pushBack: { scope: outcome.scope, delayMs },
      };
    }
  }
}

/** Without an answer there was no call that counts: we refused it ourselves, or nobody was reached. */
function refusedBy({ httpStatus }: { httpStatus?: number }): AttemptState {
  return httpStatus === undefined ? "NOT_SENT" : "REFUSED";
}

function evidence(outcome: { error: ProviderError; httpStatus?: number }): Pick<Settlement, "error" | "httpStatus"> {
  return { error: outcome.error, httpStatus: outcome.httpStatus };
}
