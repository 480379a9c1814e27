import { shorten } from "@parley/runtime";
import { z } from "zod";
import type { Generated, ModelClient } from "../model-client.ts";
import { runTask, type TaskOptions } from "../run-task.ts";
import { newestMessages, type ConversationMessage } from "./conversation.ts";
import { languageCode } from "./language-code.ts";

/** Something that the company knows, and that replies rest on. */
export interface KnowledgeSource {
  id: string;
  title: string;
  body: string;
}

export interface SuggestReplyInput {
  /** Oldest first; the contact's last message is what is answered. */
  conversation: readonly ConversationMessage[];
  /** The best first; what does not fit into the prompt is left out from the end. */
  sources: readonly KnowledgeSource[];
  /** ISO 639-1, when it is known; else the model finds it. */
  language?: string | null;
}

export interface SuggestedReply {
  /** Empty only with `handOff`. */
  reply: string;
  /** ISO 639-1 */
  language: string;
  /** 0 to 1: how sure the model says it is. */
  confidence: number;
  /** Of the sources given, those that the reply rests on. */
  sourceIds: string[];
  /** A person should answer. */
  handOff: boolean;
  handOffReason: string | null;
}

/** WhatsApp's longest text is 4,096 characters. */
const LONGEST_REPLY = 4_000;
const MOST_SOURCES = 12;
const LONGEST_SOURCE = 4_000;

const replySchema = z.object({
  reply: z.string().max(LONGEST_REPLY).describe("What to write to the contact, without greeting lines to fill in"),
  language: languageCode,
  confidence: z.number().min(0).max(1).describe("0 to 1: how sure you are that the reply is right and complete"),
  sourceIds: z.array(z.string()).max(MOST_SOURCES).describe("Ids of the sources that the reply rests on"),
  handOff: z.boolean().describe("true when a person has to answer"),
  handOffReason: z.string().max(300).nullable().describe("Why, in one short English sentence; null without handOff"),
});

const INSTRUCTIONS = `You write replies for a company's customer service.
- Answer the contact's last message, in the light of the conversation.
- State only what the sources or the conversation say. Promise nothing else: no refunds, dates, prices or exceptions. Name the sources that you used by their ids.
- Where they do not answer it, or the contact wants a person, is in distress or threatens with the law, set handOff and say why; the reply may then be empty.
- Write in the contact's language (in the field language, where it is given) and in their tone: formal to the formal, plain to the plain; polite always. Plain text, no markdown, no signature.
- Write links and addresses only as they stand in the data.`;

/**
 * Proposes a reply that rests on the given sources and the conversation. Throws a ModelError: `malformed` also when the
 * answer names sources that were not given, holds links that are nowhere in the data, is in another language than
 * `language`, or tells the instructions, twice in a row.
 */
export async function suggestReply(
  client: ModelClient,
  input: SuggestReplyInput,
  options: TaskOptions = {},
): Promise<Generated<SuggestedReply>> {
  // Short names of their own: ids are long, and could be taken for numbers of a person.
  const sources = input.sources.slice(0, MOST_SOURCES).map(({ id, title, body }, index) => ({
    id,
    shown: { id: `S${index + 1}`, title: shorten(title, 200), body: shorten(body, LONGEST_SOURCE) },
  }));
  const idOf = new Map(sources.map(({ id, shown }) => [shown.id, id]));

  const generated = await runTask(
    client,
    {
      name: "suggest_reply",
      instructions: INSTRUCTIONS,
      data: {
        language: input.language ?? null,
        conversation: newestMessages(input.conversation).map(({ from, text }) => ({ from, text })),
        sources: sources.map(({ shown }) => shown),
      },
      schema: replySchema,
      maxOutputTokens: 1_500,
      check: (answer) => problemOf(answer, idOf, input.language ?? undefined),
    },
    options,
  );
  const sourceIds = [...new Set(generated.value.sourceIds)].flatMap((shown) => idOf.get(shown) ?? []);
  return { ...generated, value: { ...generated.value, sourceIds } };
}

function problemOf(
  answer: z.output<typeof replySchema>,
  idOf: ReadonlyMap<string, string>,
  language: string | undefined,
): string | undefined {
  if (answer.sourceIds.some((id) => !idOf.has(id))) return "sourceIds names a source that is not in the data.";
  if (!answer.handOff && answer.reply.trim() === "") return "The reply is empty, though handOff is false.";
  if (language !== undefined && answer.language !== language) return `The reply must be in the language ${language}.`;
  return undefined;
}
