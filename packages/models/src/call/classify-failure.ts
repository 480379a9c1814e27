import { OutboundError, type OutboundErrorCode } from "@parley/runtime";
import { APICallError, InvalidResponseDataError } from "ai";
import { z } from "zod";
import type { ModelErrorKind, ModelFailure } from "../model-error.ts";
import { retryAfterMs } from "./retry-after.ts";

const KIND_OF_OUTBOUND: Record<OutboundErrorCode, ModelErrorKind> = {
  invalid_url: "bad_request",
  scheme_refused: "bad_request",
  address_refused: "bad_request",
  redirect_refused: "bad_request",
  response_too_large: "too_long",
  timed_out: "timeout",
  unreachable: "unavailable",
};

/** The question may have reached the model, which may have answered. A refusal by its status costs nothing. */
const MAY_BE_CHARGED: ReadonlySet<OutboundErrorCode> = new Set(["response_too_large", "timed_out", "unreachable"]);

const RETRYABLE: ReadonlySet<ModelErrorKind> = new Set(["timeout", "rate_limited", "unavailable"]);

/** Providers' own names of what went wrong; everything else that they write may quote the question or the key. */
const errorNames = z.object({
  error: z.object({
    code: z.union([z.string(), z.number()]).nullish(),
    type: z.string().nullish(),
    status: z.string().nullish(),
    details: z.array(z.object({ reason: z.string().optional() }).loose()).optional(),
  }),
});
const NAME = /^[\w.-]{1,64}$/;

/** What an exception of the AI SDK or of `fetch` means; undefined if it is none of theirs, but a mistake of ours. */
export function classifyFailure(error: unknown, now: Date): ModelFailure | undefined {
  const outbound = findOutboundError(error);
  if (outbound) {
    const failed = failure(KIND_OF_OUTBOUND[outbound.code], `The model's server: ${outbound.message}`);
    return MAY_BE_CHARGED.has(outbound.code) ? unsaid(failed) : failed;
  }
  if (isTimeout(error)) return unsaid(failure("timeout", "The model did not answer in time."));
  if (InvalidResponseDataError.isInstance(error)) return brokenAnswer();
  if (!APICallError.isInstance(error)) return undefined;
  const { statusCode: status } = error;
  if (status === undefined) return unsaid(failure("unavailable", "The model's server could not be reached."));
  if (status < 300) return brokenAnswer();
  return refusalBy(status, error, now);
}

function refusalBy(status: number, error: APICallError, now: Date): ModelFailure {
  const names = namesOf(error.responseBody);
  const told = [`HTTP ${status}`, ...names].join(", ");
  const says = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));

  if (status === 401 || status === 403 || says(/API_KEY_INVALID|invalid_api_key/)) {
    return failure(
      "unauthorized",
      `The provider does not accept the key for this model (${told}): check key and model.`,
    );
  }
  if (status === 402 || says(/insufficient_(quota|balance)/)) {
    const message = `The account at the provider has no credit left (${told}): it has to be topped up.`;
    return { kind: "rate_limited", message, retryable: false };
  }
  if (status === 429) {
    const message = `The provider wants fewer requests (${told}).`;
    return { ...failure("rate_limited", message), retryAfterMs: retryAfterMs(error, now) };
  }
  if (says(/context_length|too_long|too_large/) || status === 413 || isContextExceeded(error)) {
    return failure("too_long", `The question is longer than the model takes (${told}).`);
  }
  if (says(/content_(filter|policy)/))
    return failure("refused", `The provider's filter refused the question (${told}).`);
  if (status === 408 || status === 504) {
    return unsaid(failure("timeout", `The provider took too long (${told}).`));
  }
  if (status >= 500) {
    const message = `The provider is out of order (${told}).`;
    return { ...failure("unavailable", message), retryAfterMs: retryAfterMs(error, now) };
  }
  return failure("bad_request", `The provider refused the request (${told}): check base URL, model and temperature.`);
}

export function failure(kind: ModelErrorKind, message: string): ModelFailure {
  return { kind, message, retryable: RETRYABLE.has(kind) };
}

function unsaid(failed: ModelFailure): ModelFailure {
  return { ...failed, mayBeCharged: true };
}

function brokenAnswer(): ModelFailure {
  return unsaid(failure("malformed", "What the model's server answered is not of its wire format."));
}

/** Some name it only in their sentence (Google: "exceeds the maximum number of tokens"; vLLM: "maximum context length"). */
function isContextExceeded(error: APICallError): boolean {
  return error.statusCode === 400 && /maximum (number of tokens|context length)/i.test(error.responseBody ?? "");
}

function namesOf(body: string | undefined): string[] {
  try {
    const { data } = errorNames.safeParse(JSON.parse(body ?? ""));
    const { code, type, status, details = [] } = data?.error ?? {};
    const names = [code, type, status, ...details.map(({ reason }) => reason)].map((name) => String(name ?? ""));
    return [...new Set(names.filter((name) => NAME.test(name) && Number.isNaN(Number(name))))];
  } catch {
    // Not JSON, so a gateway's page: the status says all.
    return [];
  }
}

function findOutboundError(error: unknown): OutboundError | undefined {
  if (error instanceof OutboundError) return error;
  return error instanceof Error ? findOutboundError(error.cause) : undefined;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || isTimeout(error.cause));
}
