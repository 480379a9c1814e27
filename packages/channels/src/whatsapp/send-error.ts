import type { ProviderError } from "../channel.ts";

/** Errors of a send that we find ourselves; all other codes are Meta's. */
type SendErrorCode =
  | "text_too_long"
  | "unsupported_recipient"
  | "invalid_access_token"
  | "invalid_request"
  | "connect_failed"
  | "timeout_after_write"
  | "connection_reset"
  | "unreadable_answer";

export function sendError(code: SendErrorCode, title: string, detail: string, retryable = false): ProviderError {
  return { code, title, detail, retryable };
}
