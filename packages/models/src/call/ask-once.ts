import { generateText, jsonSchema, NoObjectGeneratedError, Output, type FinishReason, type LanguageModel } from "ai";
import type { JSONSchema7 } from "ai";
import type { TokenUsage } from "../token-usage.ts";
import type { Dialect } from "./dialect.ts";
import type { WireSchema } from "./wire-schema.ts";

export interface Turn {
  role: "user" | "assistant";
  content: string;
}

export interface Question {
  system: string;
  turns: Turn[];
  /** The schema's name on the wire. */
  name: string;
  schema: WireSchema;
  temperature: number | null;
  maxOutputTokens: number;
}

export interface RawAnswer {
  text: string;
  finishReason: FinishReason;
  usage: TokenUsage;
}

/** One request, without any repetition. Throws what the SDK or `fetch` throw; an answer that is no JSON is an answer. */
export async function askOnce(
  model: LanguageModel,
  dialect: Dialect,
  question: Question,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const instructions = dialect.format === "json_schema" ? question.system : withSchemaInWords(question);
  const tokensOf = (usage: CountedUsage | undefined, text: string): TokenUsage => ({
    // No prompt is free, so 0 is not said either; no token is shorter than a byte.
    inputTokens: usage?.inputTokens || bytesIn(instructions, question),
    outputTokens: usage?.outputTokens || Math.min(Buffer.byteLength(text), question.maxOutputTokens),
  });
  try {
    const { text, finishReason, usage } = await generateText({
      model,
      instructions,
      messages: question.turns,
      output: outputOf(dialect, question),
      maxOutputTokens: question.maxOutputTokens,
      temperature: dialect.takesTemperature ? (question.temperature ?? undefined) : undefined,
      // We count attempts and their tokens ourselves.
      maxRetries: 0,
      abortSignal: signal,
      telemetry: { isEnabled: false },
    });
    return { text, finishReason, usage: tokensOf(usage, text) };
  } catch (error) {
    // Thrown for a text that is not of the output's form; what that means is decided by whoever asked.
    if (!NoObjectGeneratedError.isInstance(error)) throw error;
    const { text = "", finishReason = "other", usage } = error;
    return { text, finishReason, usage: tokensOf(usage, text) };
  }
}

function outputOf(dialect: Dialect, { name, schema }: Question) {
  switch (dialect.format) {
    case "json_schema":
      // zod's declaration of a JSON Schema is wider than the SDK's.
      return Output.object({ name, schema: jsonSchema(schema as JSONSchema7) });
    case "json_object":
      return Output.json({ name });
    case "text":
      return undefined;
  }
}

function withSchemaInWords({ system, schema }: Question): string {
  return `${system}\n\nAnswer with one JSON object and nothing else. It fits this JSON Schema: ${JSON.stringify(schema)}`;
}

interface CountedUsage {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
}

function bytesIn(instructions: string, { turns, schema }: Question): number {
  const sent = [instructions, JSON.stringify(schema), ...turns.map(({ content }) => content)];
  return sent.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
