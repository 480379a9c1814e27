import { z } from "zod";
import type { SendOutcome } from "../channel.ts";
import { classifyGraphError } from "./error-class.ts";
import type { PostResult } from "./post-json.ts";
import { graphErrorSchema, toProviderError, type GraphError } from "./read-provider-error.ts";
import { readRetryAfter } from "./retry-after.ts";
import { sendError } from "./send-error.ts";
import { parseStorableJson } from "./storable-json.ts";

type Answer = Extract<PostResult, { kind: "answered" }>;

const acceptedSchema = z.object({ messages: z.tuple([z.object({ id: z.string().min(1) })], z.unknown()) });

const refusedSchema = z.object({ error: graphErrorSchema });

/**
 * What an answer to POST /messages says. A message id or a Graph error with a code are definite, whatever the HTTP
 * status; without either there is only the status to go by.
 * @param attempt Which attempt at the message this was, from 1: some waits grow with it.
 */
export function readSendAnswer(answer: Answer, attempt: number): SendOutcome {
  const { httpStatus } = answer;
  const body = parseBody(answer.body);
  const refused = refusedSchema.safeParse(body);
  if (refused.success) return refusal(refused.data.error, answer, attempt);
  const accepted = acceptedSchema.safeParse(body);
  if (accepted.success && httpStatus < 300) {
    return { kind: "accepted", externalId: accepted.data.messages[0].id, httpStatus };
  }
  return withoutGraph(answer);
}

function refusal(graphError: GraphError, answer: Answer, attempt: number): SendOutcome {
  const { httpStatus } = answer;
  const errorClass = classifyGraphError(graphError.code, { attempt, httpStatus });
  if (errorClass.kind === "final" || errorClass.kind === "pause") {
    return { kind: errorClass.kind, error: toProviderError(graphError, false), httpStatus };
  }
  const retryAfterMs = readRetryAfter(answer.headers) ?? errorClass.retryAfterMs;
  return { ...errorClass, error: toProviderError(graphError, true), httpStatus, retryAfterMs };
}

/**
 * An answer without a Graph body comes from something in front of Graph. With 5xx, or with a success that cannot be
 * read, Graph may have taken the message: unknown. 408 is counted with them, since a proxy may say so about a request
 * that it had passed on. The other 3xx and 4xx say that the request was refused as it is, so nothing went out; they
 * are final rather than retried because nothing shows that the same request would fare better, and a person should
 * look. Only 429 says "later".
 */
function withoutGraph({ httpStatus, headers }: Answer): SendOutcome {
  const error = sendError("unreadable_answer", "The answer is not one of the WhatsApp API", `HTTP ${httpStatus}`);
  if (httpStatus === 429) {
    const retryAfterMs = readRetryAfter(headers);
    return { kind: "slow_down", scope: "account", error: { ...error, retryable: true }, httpStatus, retryAfterMs };
  }
  const refused = httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408;
  return { kind: refused ? "final" : "unknown", error, httpStatus };
}

function parseBody(body: string): unknown {
  try {
    return parseStorableJson(body);
  } catch {
    return undefined;
  }
}
