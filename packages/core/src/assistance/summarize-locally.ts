import type { ThreadMessage, TicketThread } from "./read-thread.ts";
import { gistOf, questionsIn } from "./sentences.ts";
import { summaryWords, type SummaryLanguage } from "./summary-words.ts";

/** A ticket as far as a summary tells of it. */
export interface SummedUpTicket {
  subject: string | null;
  orderRef: string | null;
  isFinished: boolean;
}

export interface LocalSummary {
  summary: string;
  points: string[];
  nextStep: string | null;
}

const MOST_GIST = 300;
const MOST_QUOTE = 200;
const MOST_QUESTIONS = 3;

/**
 * Sums a ticket up without a model, in the words of those who wrote: what the contact came with, what was said last on
 * either side, which of their questions nobody has answered, the orders that are spoken of, and whose turn it is.
 * `orders` are those that were found in the messages. `language` is that of the words in between.
 */
export function summarizeLocally(
  ticket: SummedUpTicket,
  { messages, first, counts }: TicketThread,
  orders: readonly string[],
  language: SummaryLanguage,
): LocalSummary {
  const words = summaryWords[language];
  const lastOfContact = messages.findLast(({ from }) => from === "contact");
  const lastOfAgent = messages.findLast(({ isAnswer }) => isAnswer);
  const problem = gistOf(first?.text ?? ticket.subject ?? "", MOST_GIST);
  const isOurTurn =
    !ticket.isFinished && messages.findLast(({ from, isAnswer }) => isAnswer || from === "contact")?.from === "contact";
  const open = ticket.isFinished ? [] : openQuestions(messages);
  const named = [...new Set([ticket.orderRef, ...orders].filter((order) => order !== null))];

  const hasMore = lastOfContact !== undefined && lastOfContact.id !== first?.id;
  const summary = [
    problem === "" ? words.nothing : words.problem(problem),
    words.counts(counts.contact, counts.agent),
    hasMore ? words.lastOfContact(quote(lastOfContact)) : undefined,
    lastOfAgent ? words.lastOfAgent(quote(lastOfAgent)) : words.unanswered,
  ];
  return {
    summary: summary.filter((part) => part !== undefined).join(" "),
    points: [...named.map((order) => words.order(order)), ...open.map((question) => words.openQuestion(question))],
    nextStep: ticket.isFinished ? null : isOurTurn ? words.answer : words.wait,
  };
}

/** What the contact has asked since anybody answered. */
function openQuestions(messages: readonly ThreadMessage[]): string[] {
  const answered = messages.findLastIndex(({ isAnswer }) => isAnswer);
  const asked = messages
    .slice(answered + 1)
    .filter(({ from }) => from === "contact")
    .flatMap(({ text }) => questionsIn(text));
  return [...new Set(asked)].slice(-MOST_QUESTIONS).map((question) => gistOf(question, MOST_QUOTE));
}

function quote({ text }: ThreadMessage): string {
  return gistOf(text, MOST_QUOTE);
}
