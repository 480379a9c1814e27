import { OutboundError } from "@parley/runtime";
import { z } from "zod";
import type { MediaOutcome } from "../channel.ts";
import { withoutToken } from "./access-token.ts";
import { classifyGraphError } from "./error-class.ts";
import { graphErrorSchema, toProviderError, type GraphError } from "./read-provider-error.ts";
import { readRetryAfter } from "./retry-after.ts";
import { parseStorableJson } from "./storable-json.ts";

/** Answers of Graph are far shorter. */
const MAX_JSON_BYTES = 64 * 1024;

/** Meta, 100: there is no such object; 131052: what a customer sent cannot be downloaded. */
const NOT_FOUND_CODES: ReadonlySet<number> = new Set([100, 131052]);

const refusedSchema = z.object({ error: graphErrorSchema });

/** The JSON of an answer; undefined for one that is none, or far too long to be one. */
export async function readJson(answer: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.byteLength;
    if (length > MAX_JSON_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return parseStorableJson(Buffer.concat(parts).toString("utf8"));
  } catch {
    // What stands in front of Graph answers with pages: then the status is all there is to go by.
    return undefined;
  }
}

/**
 * What a refusal says, of the question where a file is or of the file itself. A Graph error is definite; without one
 * there is only the status, and nothing shows that the same question would not fare better later.
 */
export async function readMediaRefusal(answer: Response, accessToken: string): Promise<MediaOutcome> {
  const retryAfterMs = readRetryAfter(Object.fromEntries(answer.headers));
  const refused = refusedSchema.safeParse(await readJson(answer));
  if (refused.success) return refusedByGraph(refused.data.error, answer.status, { accessToken, retryAfterMs });
  return { kind: "retry", reason: answer.status === 429 ? "rate_limited" : "provider_error", retryAfterMs };
}

function refusedByGraph(
  error: GraphError,
  httpStatus: number,
  { accessToken, retryAfterMs }: { accessToken: string; retryAfterMs: number | undefined },
): MediaOutcome {
  const errorClass = classifyGraphError(error.code, { httpStatus });
  switch (errorClass.kind) {
    case "pause":
      return { kind: "pause", error: withoutToken(toProviderError(error, false), accessToken) };
    case "final":
      return { kind: "gone", reason: NOT_FOUND_CODES.has(error.code) ? "not_found" : "refused" };
    case "retry":
      return { kind: "retry", reason: "provider_error", retryAfterMs: retryAfterMs ?? errorClass.retryAfterMs };
    case "slow_down":
      return { kind: "retry", reason: "rate_limited", retryAfterMs: retryAfterMs ?? errorClass.retryAfterMs };
  }
}

/** What kept a request from its end. Throws what is not of the request. */
export function toMediaDelay(error: unknown, signal: AbortSignal): MediaOutcome {
  if (error instanceof OutboundError) {
    switch (error.code) {
      case "response_too_large":
        return { kind: "gone", reason: "too_large" };
      case "timed_out":
        return { kind: "retry", reason: "too_slow" };
      case "unreachable":
        return { kind: "retry", reason: "unreachable" };
      case "invalid_url":
      case "scheme_refused":
      case "address_refused":
      case "redirect_refused":
        return { kind: "retry", reason: "url_refused" };
    }
  }
  if (signal.aborted && error === signal.reason) return { kind: "retry", reason: "too_slow" };
  throw error;
}
