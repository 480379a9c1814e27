import { z } from "zod";
import type { ModelRequest } from "./model-request.ts";

/** The data blocks that Parley writes into its prompts: `<data-…>`, JSON, `</data-…>`. */
const DATA_BLOCK = /<data-(?<mark>[a-z]+)>\n(?<json>.*)\n<\/data-\k<mark>>/s;

const promptDataSchema = z.object({
  conversation: z.array(z.object({ from: z.string(), text: z.string() })).default([]),
  sources: z.array(z.object({ id: z.string(), title: z.string(), body: z.string() })).default([]),
  text: z.string().default(""),
  language: z.string().nullable().default(null),
  targetLanguage: z.string().nullable().default(null),
});

export type PromptData = z.output<typeof promptDataSchema>;

const NOTHING = promptDataSchema.parse({});

/** What a request is about, as far as it is told in a data block. */
export function readPromptData(request: ModelRequest): PromptData {
  for (const { text } of request.messages) {
    const parsed = promptDataSchema.safeParse(parseJson(DATA_BLOCK.exec(text)?.groups?.["json"]));
    if (parsed.success) return parsed.data;
  }
  return NOTHING;
}

/** All that people wrote, as it was before it was put into JSON; else the messages as they are. */
export function wordsOf(request: ModelRequest, data: PromptData): string {
  const words = [
    ...data.conversation.map(({ text }) => text),
    ...data.sources.flatMap(({ title, body }) => [title, body]),
    data.text,
  ].filter((text) => text !== "");
  return (words.length > 0 ? words : request.messages.map(({ text }) => text)).join("\n");
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
