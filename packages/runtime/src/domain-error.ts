/**
 * The closed set of ways in which a request or job can be refused. HTTP statuses are assigned to these
 * once, in the API's error handler; whether a job is retried is decided once, in `isRetryable`.
 */
export type DomainErrorCode =
  | "validation_failed"
  | "unauthenticated"
  | "invalid_credentials"
  | "invalid_signature"
  | "forbidden"
  | "not_found"
  | "gone"
  | "not_ready"
  | "conflict"
  | "idempotency_mismatch"
  | "precondition_failed"
  | "payload_too_large"
  | "range_not_satisfiable"
  | "quota_exceeded"
  | "rate_limited"
  | "too_many_attempts"
  | "unavailable";

export interface FieldError {
  path: string;
  message: string;
}

interface DomainErrorOptions {
  fields?: FieldError[];
  cause?: unknown;
  /** Before this the same request would be refused again. */
  retryAfterSeconds?: number;
  /** With `precondition_failed`: the thing as it is now, as JSON shows it. */
  current?: object;
}

/** What a verb throws when it refuses. `message` tells the caller what to do next. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly fields: FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly current: object | undefined;

  constructor(code: DomainErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.current = options.current;
  }
}

/** A refused job is not worth another try, unless what it needs was only out of reach. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === "unavailable" || error.code === "rate_limited";
  return true;
}
