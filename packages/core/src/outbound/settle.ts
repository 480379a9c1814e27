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
  /** It counts against the number of failures that a message may have. */
  isFailure?: boolean;
  /** The provider wants fewer messages from us. */
  pushBack?: { scope: "account" | "recipient"; delayMs: number };
  /** Nothing more will leave this inbox until a person acts. */
  pausesInbox?: boolean;
}

const MAX_FAILURES = 8;
/** Being slowed down is not the message's fault, so it gets more patience. */
const MAX_SLOW_DOWNS = 20;
const BACKOFF = { baseMs: 1_000, maxMs: 5 * 60_000 };
/** Where the channel does not say how long to wait. */
const PUSH_BACK_MS = { account: 1_000, recipient: 10_000 };

/**
 * `attempt` counts every try of the message from 1, `failures` the failed ones before this since somebody queued it:
 * being slowed down uses up no patience for failures. `random` is the jitter.
 */
export function settle(
  outcome: SendOutcome,
  { attempt, failures }: { attempt: number; failures: number },
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
      return { ...evidence(outcome), messageStatus: "FAILED", attemptState: "REFUSED" };
    case "pause":
      return { ...evidence(outcome), messageStatus: "QUEUED", attemptState: "REFUSED", pausesInbox: true };
    case "retry": {
      const attemptState = outcome.httpStatus === undefined ? "NOT_SENT" : "REFUSED";
      if (failures + 1 >= (outcome.maxAttempts ?? MAX_FAILURES)) {
        return { ...evidence(outcome), messageStatus: "FAILED", attemptState };
      }
      const retryAfterMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(BACKOFF, failures + 1, random));
      return { ...evidence(outcome), messageStatus: "QUEUED", attemptState, retryAfterMs, isFailure: true };
    }
    case "slow_down": {
      if (attempt >= MAX_SLOW_DOWNS) return { ...evidence(outcome), messageStatus: "FAILED", attemptState: "REFUSED" };
      const delayMs = outcome.retryAfterMs ?? PUSH_BACK_MS[outcome.scope];
      return {
        ...evidence(outcome),
        messageStatus: "QUEUED",
        attemptState: "REFUSED",
        retryAfterMs: delayMs,
        pushBack: { scope: outcome.scope, delayMs },
      };
    }
  }
}

function evidence(outcome: { error: ProviderError; httpStatus?: number }): Pick<Settlement, "error" | "httpStatus"> {
  return { error: outcome.error, httpStatus: outcome.httpStatus };
}
