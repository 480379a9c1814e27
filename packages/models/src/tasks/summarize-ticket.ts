import { shorten } from "@parley/runtime";
import { z } from "zod";
import type { Generated, ModelClient } from "../model-client.ts";
import { runTask, type TaskOptions } from "../run-task.ts";
import { newestMessages, type ConversationMessage } from "./conversation.ts";

export interface SummarizeTicketInput {
  subject?: string | null;
  /** Oldest first. */
  conversation: readonly ConversationMessage[];
  /** Of the summary, ISO 639-1. */
  language: string;
}

export interface TicketSummary {
  /** Two to five sentences. */
  summary: string;
  /** What is still to be done, and by whom; null when nothing is. */
  nextStep: string | null;
}

const summarySchema = z.object({
  summary: z
    .string()
    .min(1)
    .max(2_000)
    .describe("Two to five sentences: what the contact wants, what was done, how it stands"),
  nextStep: z
    .string()
    .max(500)
    .nullable()
    .describe("One sentence: what is still to be done, and by whom; null if nothing"),
});

const INSTRUCTIONS = `You sum up a customer service ticket for the agent who takes it over.
- Say what the contact wants, what was done and promised, and how it stands. Keep order numbers, dates and amounts.
- State only what the conversation says; where something is open, say that it is.
- Write in the language that the field targetLanguage names, whatever the conversation's language is. Plain text.`;

/** Sums a ticket up in `language`. Throws a ModelError. */
export function summarizeTicket(
  client: ModelClient,
  input: SummarizeTicketInput,
  options: TaskOptions = {},
): Promise<Generated<TicketSummary>> {
  return runTask(
    client,
    {
      name: "summarize_ticket",
      instructions: INSTRUCTIONS,
      data: {
        targetLanguage: input.language,
        subject: shorten(input.subject ?? "", 300),
        conversation: newestMessages(input.conversation).map(({ from, text }) => ({ from, text })),
      },
      schema: summarySchema,
      maxOutputTokens: 800,
    },
    options,
  );
}
