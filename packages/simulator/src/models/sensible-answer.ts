import { fillSchema } from "./fill-schema.ts";
import type { JsonSchema, ModelRequest } from "./model-request.ts";
import { readPromptData, wordsOf, type PromptData } from "./read-prompt-data.ts";

/** Where a server takes no schema, Parley tells the model in words: this, and then the schema on the same line. */
const SCHEMA_IN_WORDS = /JSON Schema: (?<schema>\{.*\})/;

/** An answer that fits what is asked and what the data say, so that a demonstration makes sense. */
export function sensibleAnswer(request: ModelRequest): Record<string, unknown> | string {
  const schema = schemaOf(request);
  if (!schema) return request.format === "json" ? {} : "This is a simulated answer.";
  const data = readPromptData(request);
  const value = fillSchema(schema, hintsOf(data), lastWords(request, data));
  return value as Record<string, unknown>;
}

function schemaOf(request: ModelRequest): JsonSchema | undefined {
  if (request.schema) return request.schema;
  const inWords = SCHEMA_IN_WORDS.exec(request.system)?.groups?.["schema"];
  return inWords === undefined ? undefined : (JSON.parse(inWords) as JsonSchema);
}

/** By the names of the fields that Parley's tasks ask for. */
function hintsOf(data: PromptData): Record<string, unknown> {
  const source = closestSource(data);
  const first = data.conversation[0]?.text ?? "";
  const last = data.conversation.at(-1)?.text ?? "";
  return {
    language: data.language ?? "en",
    reply: source ? source.body.slice(0, 500) : "Thank you for your message. A colleague will answer you soon.",
    confidence: source ? 0.9 : 0.3,
    sourceIds: source ? [source.id] : [],
    handOff: !source,
    handOffReason: source ? null : "Nothing that is known answers this.",
    summary: `${data.conversation.length} messages, from "${first.slice(0, 100)}" to "${last.slice(0, 100)}".`,
    translation: `[${data.targetLanguage ?? "en"}] ${data.text}`,
    sourceLanguage: data.language ?? "en",
    intentConfidence: 0.8,
    urgencyScore: 0.3,
  };
}

/** The source that shares most words with what the contact wrote last; none if none shares any. */
function closestSource(data: PromptData): PromptData["sources"][number] | undefined {
  const question = wordsIn(data.conversation.findLast(({ from }) => from === "contact")?.text ?? "");
  const ranked = data.sources
    .map((source) => ({
      source,
      shared: [...wordsIn(`${source.title} ${source.body}`)].filter((word) => question.has(word)).length,
    }))
    .toSorted((one, other) => other.shared - one.shared);
  return ranked[0] && ranked[0].shared > 0 ? ranked[0].source : undefined;
}

function wordsIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{4,}/gu));
}

function lastWords(request: ModelRequest, data: PromptData): string {
  return data.conversation.at(-1)?.text ?? wordsOf(request, data);
}
