import type { ModelAnswer, ModelRefusal, ModelRequest } from "./model-request.ts";

/** The body of a chat completion. What the filter refuses stands in `refusal`, and `content` is null. */
export function openAiCompletion(request: ModelRequest, answer: ModelAnswer, id: string, at: number): object {
  const isRefused = answer.finish === "refused";
  return {
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    created: Math.floor(at / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: isRefused ? null : answer.text,
          refusal: isRefused ? answer.text : null,
        },
        logprobs: null,
        finish_reason: answer.finish === "length" ? "length" : "stop",
      },
    ],
    usage: {
      prompt_tokens: answer.usage.inputTokens,
      completion_tokens: answer.usage.outputTokens,
      total_tokens: answer.usage.inputTokens + answer.usage.outputTokens,
    },
    system_fingerprint: "fp_simulated",
  };
}

export function openAiError({ status, message, code, param }: ModelRefusal): object {
  return { error: { message, type: typeOf(status), param: param ?? null, code: code ?? null } };
}

function typeOf(status: number): string {
  if (status === 429) return "requests";
  return status >= 500 ? "server_error" : "invalid_request_error";
}
