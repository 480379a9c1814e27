import type { Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import { readScore, recordAnswers, type PossibleAnswer, type SurveyAnswer } from "../surveys/index.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { subjectsOfMessage } from "./take-up-tickets.ts";

/** What people type, or choose among. */
const ANSWERING_TYPES: ReadonlySet<string> = new Set(["text", "button", "interactive"]);

export interface TakenAnswers {
  /** All of them; those that are answers make no work. */
  messages: readonly IncomingMessage[];
  answers: readonly SurveyAnswer[];
  events: NewEvent[];
}

/**
 * Finds the messages that answer the survey of their conversation: what they say is recorded, and they open, reopen and
 * wake no ticket. Asks the database only if a message looks like an answer.
 */
export async function takeAnswers(sql: Sql, messages: readonly IncomingMessage[], at: Date): Promise<TakenAnswers> {
  const answers = await recordAnswers(sql, findPossible(messages), at);
  if (answers.length === 0) return { messages, answers, events: [] };
  const byMessage = new Map(answers.map((answer) => [answer.messageId, answer]));
  const events: NewEvent[] = [];
  const rest = messages.map((message): IncomingMessage => {
    const answer = byMessage.get(message.id);
    if (!answer) return message;
    const { ticketId, score } = answer;
    events.push({ ...subjectsOfMessage(message), type: "SURVEY_ANSWERED", ticketId, data: { score } });
    return { ...message, part: { ...message.part, opensTicket: false } };
  });
  return { messages: rest, answers, events };
}

/**
 * Of each conversation the first message that a person wrote, if it looks like an answer: any other before it takes the
 * ticket up again, or opens the next.
 */
function findPossible(messages: readonly IncomingMessage[]): PossibleAnswer[] {
  const begun = new Set<string>();
  const possible: PossibleAnswer[] = [];
  for (const message of messages) {
    const { part, conversation } = message;
    if (!part.opensTicket || begun.has(conversation.id)) continue;
    begun.add(conversation.id);
    const score = conversation.isNew ? undefined : scoreOf(message);
    if (score === undefined) continue;
    possible.push({
      tenantId: message.inbox.tenantId,
      conversationId: conversation.id,
      messageId: message.id,
      score,
      replyToExternalId: part.replyToExternalId ?? null,
      writtenAt: part.occurredAt,
    });
  }
  return possible;
}

function scoreOf({ part: { type, content } }: IncomingMessage): number | undefined {
  return ANSWERING_TYPES.has(type) && typeof content.text === "string" ? readScore(content.text) : undefined;
}
