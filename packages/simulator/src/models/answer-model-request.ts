import type { ModelFaultName } from "./model-faults.ts";
import { countTokens, inputTokensOf, type ModelAnswer, type ModelRequest } from "./model-request.ts";
import type { ModelWorld } from "./model-world.ts";
import { obedientAnswer } from "./obedient-answer.ts";
import { sensibleAnswer } from "./sensible-answer.ts";

/** What comes of a request that is well formed. `answer` undefined: what its fault says, and no answer of the model. */
export interface ModelOutcome {
  fault: ModelFaultName | undefined;
  delayMs: number;
  answer: ModelAnswer | undefined;
}

/** Every model's context, in tokens. A longer prompt is refused. */
export const CONTEXT_TOKENS = 128_000;

/** Tokens that an answer may have when the request does not say. */
const DEFAULT_MAX_OUTPUT_TOKENS = 4_096;

/** Draws the request's fate first, then asks the script, then the model's own sense. */
export function answerModelRequest(models: ModelWorld, request: ModelRequest): ModelOutcome {
  const fate = models.faults.draw();
  const rule = models.script.take(request);
  const fault = rule?.fault ?? fate.fault;
  if (fault) models.ledger.countFault(fault);
  const { delayMs } = fate;
  if (fault === "status429" || fault === "status500" || fault === "hang") return { fault, delayMs, answer: undefined };

  const honest =
    rule?.answer ?? (models.script.json.behaviour === "obedient" ? obedientAnswer : sensibleAnswer)(request);
  const text = typeof honest === "string" ? honest : JSON.stringify(honest);
  return { fault, delayMs, answer: finish(request, withFault(text, fault), fault) };
}

function withFault(text: string, fault: ModelFaultName | undefined): string {
  if (fault === "malformed") return text.slice(0, Math.ceil(text.length / 2));
  if (fault === "fenced") return `\`\`\`json\n${text}\n\`\`\``;
  return text;
}

function finish(request: ModelRequest, text: string, fault: ModelFaultName | undefined): ModelAnswer {
  const inputTokens = inputTokensOf(request);
  if (fault === "refusing")
    return { text: "I cannot help with that.", finish: "refused", usage: { inputTokens, outputTokens: 7 } };
  const allowed = request.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS;
  const outputTokens = countTokens(text);
  if (fault !== "overLong" && outputTokens <= allowed) {
    return { text, finish: "stop", usage: { inputTokens, outputTokens } };
  }
  const kept = text.slice(0, Math.min(allowed * 4, Math.ceil(text.length / 2)));
  return { text: kept, finish: "length", usage: { inputTokens, outputTokens: allowed } };
}
