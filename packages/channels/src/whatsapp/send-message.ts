import type { Dispatcher } from "undici";
import type { ProviderError, SendOutcome, SendRequest } from "../channel.ts";
import { isAccessToken, notAToken, withoutToken } from "./access-token.ts";
import { buildSendBody } from "./build-send-body.ts";
import { DeadlineError, postJson, type PostResult } from "./post-json.ts";
import { readSendAnswer } from "./read-send-answer.ts";
import { sendError } from "./send-error.ts";

/** Meta's limit, in characters. Counted as code points, so that we never refuse what Meta might take. */
const MAX_TEXT_LENGTH = 4096;

/** Errors of undici that mean an answer such as Graph never gives. */
const UNREADABLE_CODES: ReadonlySet<string | undefined> = new Set([
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
]);

export interface SendOptions {
  /** `https://graph.facebook.com`, or the simulator's; without a slash at the end. */
  apiBaseUrl: string;
  /** `v25.0` */
  apiVersion: string;
  /** For the whole call, from waiting for a connection to the last byte of the answer. */
  timeoutMs: number;
  /** From `createGraphDispatcher`. It must not repeat requests by itself. */
  dispatcher: Dispatcher;
}

/**
 * Sends one message with one POST and says what is known afterwards. Does not throw for anything that happens on the
 * way, and never sends twice. `unknown` means that the request was written, at least in part, and no readable answer
 * came.
 */
export async function sendMessage(request: SendRequest, options: SendOptions): Promise<SendOutcome> {
  if (isTooLong(request.message.text)) {
    const detail = `WhatsApp takes ${MAX_TEXT_LENGTH} characters: shorten the text or send it in parts`;
    return { kind: "final", error: sendError("text_too_long", "The text is too long", detail) };
  }
  const body = buildSendBody(request);
  if (body === undefined) {
    const detail = `WhatsApp cannot send to an identifier of type ${request.to.type}`;
    return { kind: "final", error: sendError("unsupported_recipient", "Not a WhatsApp recipient", detail) };
  }
  if (!isAccessToken(request.accessToken)) return { kind: "pause", error: notAToken() };
  const result = await postJson(options.dispatcher, {
    url: new URL(`${options.apiBaseUrl}/${options.apiVersion}/${encodeURIComponent(request.account)}/messages`),
    headers: { authorization: `Bearer ${request.accessToken}` },
    body: JSON.stringify(body),
    timeoutMs: options.timeoutMs,
  });
  const outcome = readResult(result, request.reference.attempt);
  if (outcome.kind === "accepted") return outcome;
  return { ...outcome, error: withoutToken(outcome.error, request.accessToken) };
}

function isTooLong(text: string): boolean {
  return text.length > MAX_TEXT_LENGTH && Array.from(text).length > MAX_TEXT_LENGTH;
}

function readResult(result: PostResult, attempt: number): SendOutcome {
  if (result.kind === "answered") return readSendAnswer(result, attempt);
  const detail = describe(result.error);
  if (result.kind === "interrupted") {
    return { kind: "unknown", error: interruption(result.error, detail), httpStatus: result.httpStatus };
  }
  if (codeOf(result.error) === "UND_ERR_INVALID_ARG") {
    return { kind: "final", error: sendError("invalid_request", "The request could not be built", detail) };
  }
  return { kind: "retry", error: sendError("connect_failed", "The WhatsApp API was not reached", detail, true) };
}

function interruption(error: Error, detail: string): ProviderError {
  if (error instanceof DeadlineError) {
    return sendError("timeout_after_write", "The WhatsApp API did not answer in time", detail);
  }
  // By name: undici's parser errors have no code.
  if (error.name === "HTTPParserError" || UNREADABLE_CODES.has(codeOf(error))) {
    return sendError("unreadable_answer", "The answer is not one of the WhatsApp API", detail);
  }
  return sendError("connection_reset", "The connection broke before the answer was complete", detail);
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Some errors have only a code (several addresses refused), some only a message. */
function describe(error: Error): string {
  return [codeOf(error), error.message].filter((text) => text !== undefined && text !== "").join(": ");
}
