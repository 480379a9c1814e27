import { NO_TOKENS, type TokenUsage } from "./token-usage.ts";

/**
 * The closed set of ways in which a question to a model fails.
 * - `timeout`: no answer in time. `rate_limited`: the provider wants fewer questions, or money. `unavailable`: its fault,
 *   or it could not be reached. `unauthorized`: the key is wrong or may not use the model.
 * - `refused`: the provider's filter said no. `malformed`: the answer is not what was asked for, and a second one was not
 *   either. `too_long`: the answer, or the question, has more tokens or bytes than are allowed.
 * - `circuit_open`: not asked, because it failed several times in a row. `bad_request`: the settings or the question are
 *   such that this server does not take them.
 */
export type ModelErrorKind =
  | "timeout"
  | "rate_limited"
  | "unavailable"
  | "unauthorized"
  | "refused"
  | "malformed"
  | "too_long"
  | "circuit_open"
  | "bad_request";

/** One failure, before it is known whether another attempt follows. */
export interface ModelFailure {
  kind: ModelErrorKind;
  message: string;
  /** Whether the same question may be answered later. */
  retryable: boolean;
  /** The provider's word on when to come back. */
  retryAfterMs?: number;
  /** The model may have worked, and nobody said for how many tokens. */
  mayBeCharged?: true;
}

/** What was spent on a question, whatever came of it. */
export interface ModelEffort {
  usage: TokenUsage;
  attempts: number;
  /** Of these, how many may have been charged for without anybody having said for how many tokens: `usage` lacks them. */
  uncounted: number;
  latencyMs: number;
}

/** Why a model did not answer, with the tokens that were spent nevertheless. Says nothing of question and answer. */
export class ModelError extends Error {
  readonly kind: ModelErrorKind;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly usage: TokenUsage;
  readonly attempts: number;
  readonly uncounted: number;
  readonly latencyMs: number;

  constructor(
    failure: ModelFailure,
    effort: ModelEffort = { usage: NO_TOKENS, attempts: 0, uncounted: 0, latencyMs: 0 },
  ) {
    super(failure.message);
    this.name = "ModelError";
    this.kind = failure.kind;
    this.retryable = failure.retryable;
    this.retryAfterMs = failure.retryAfterMs;
    this.usage = effort.usage;
    this.attempts = effort.attempts;
    this.uncounted = effort.uncounted;
    this.latencyMs = effort.latencyMs;
  }
}
