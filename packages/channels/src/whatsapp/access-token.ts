import type { ProviderError } from "../channel.ts";
import { sendError } from "./send-error.ts";

/** Printable ASCII without blanks: anything else cannot stand in a header, and was never Meta's token. */
const ACCESS_TOKEN = /^[\x21-\x7e]+$/;

export function isAccessToken(text: string): boolean {
  return ACCESS_TOKEN.test(text);
}

export function notAToken(): ProviderError {
  const detail = "The access token has characters that no token has: enter it again";
  return sendError("invalid_access_token", "The access token is not usable", detail);
}

/** Graph repeats a malformed token in its error. Errors are stored and shown, so the token must not be in them. */
export function withoutToken({ code, title, detail, retryable }: ProviderError, accessToken: string): ProviderError {
  return {
    code,
    title: title.replaceAll(accessToken, "(access token)"),
    detail: detail.replaceAll(accessToken, "(access token)"),
    retryable,
  };
}
