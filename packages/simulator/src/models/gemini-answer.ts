import type { ModelAnswer, ModelRefusal, ModelRequest } from "./model-request.ts";

/** google.rpc.Code by HTTP status. */
const RPC_STATUS: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

const TYPES = "type.googleapis.com/google.rpc";

/** The body of generateContent. What the filter refuses has no candidate, but feedback on the prompt. */
export function geminiResponse(request: ModelRequest, answer: ModelAnswer, id: string): object {
  const { inputTokens, outputTokens } = answer.usage;
  const common = {
    usageMetadata: {
      promptTokenCount: inputTokens,
      candidatesTokenCount: outputTokens,
      totalTokenCount: inputTokens + outputTokens,
    },
    modelVersion: request.model,
    responseId: id,
  };
  if (answer.finish === "refused") return { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, ...common };
  return {
    candidates: [
      {
        content: { parts: [{ text: answer.text }], role: "model" },
        finishReason: answer.finish === "length" ? "MAX_TOKENS" : "STOP",
        index: 0,
      },
    ],
    ...common,
  };
}

/** Google tells in `details` when to come back, and has no header for it. */
export function geminiError({ status, message, code }: ModelRefusal, retryAfterSeconds?: number): object {
  const details: object[] = [];
  if (code !== undefined) {
    details.push({ "@type": `${TYPES}.ErrorInfo`, reason: code, domain: "googleapis.com" });
  }
  if (retryAfterSeconds !== undefined) {
    details.push({ "@type": `${TYPES}.RetryInfo`, retryDelay: `${retryAfterSeconds}s` });
  }
  return {
    error: {
      code: status,
      message,
      status: RPC_STATUS[status] ?? "UNKNOWN",
      ...(details.length > 0 ? { details } : {}),
    },
  };
}
