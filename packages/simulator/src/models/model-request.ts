/** A JSON Schema, as it came. */
export type JsonSchema = Record<string, unknown>;

export type ModelProvider = "openai" | "gemini";

/** What a model is asked, whichever wire format it came in. */
export interface ModelRequest {
  provider: ModelProvider;
  model: string;
  system: string;
  messages: { role: "user" | "assistant"; text: string }[];
  /** What the answer has to be. */
  format: "text" | "json";
  /** Where the request says what JSON is wanted. */
  schema: JsonSchema | undefined;
  maxOutputTokens: number | undefined;
}

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface ModelAnswer {
  text: string;
  finish: "stop" | "length" | "refused";
  usage: ModelUsage;
}

/** Why a request is refused: the provider's own words and codes are chosen by its wire format. */
export interface ModelRefusal {
  status: number;
  message: string;
  /** OpenAI's `code`, or Google's `reason` in `details`. */
  code?: string;
  /** OpenAI's `param`. */
  param?: string;
}

/** Roughly what tokenizers make of European languages. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

export function inputTokensOf(request: ModelRequest): number {
  return countTokens([request.system, ...request.messages.map(({ text }) => text)].join("\n"));
}
