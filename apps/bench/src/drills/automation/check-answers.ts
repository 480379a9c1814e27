import { compareSets, none, type Check } from "../harness/comparison.ts";
import { askedKey, type Asked, type Execution } from "./asked.ts";
import type { Remains } from "./check-executions.ts";
import type { StoredLetter } from "./stored-letter.ts";

interface Turn {
  event: Asked;
  execution: Execution | undefined;
}

/** Every turn is answered once, unless the next one is instead; and so nobody's last message stays unanswered. */
export function checkAnswers({ asked, executions, stored }: Remains): Check[] {
  const thanked = new Map(executions.filter(({ rule }) => rule === "thank").map((each) => [each.seq, each]));
  const turns = asked
    .filter(({ rule }) => rule === "thank")
    .map((event): Turn => ({ event, execution: thanked.get(event.seq) }));
  const ofConversation = Map.groupBy(turns, ({ event }) => event.conversationId);
  const receipts = turns.filter(isAnswered).flatMap(({ execution }) => execution?.receipts ?? []);
  const answered = receipts.map(({ messageId }) => messageId ?? "");
  return [
    compareSets(
      "turns, each of another newest message",
      new Set(turns.map(({ event }) => `message ${event.messageId}`)),
      turns.map(({ event }) => `message ${event.messageId}`),
    ),
    compareSets(
      "answers, as the receipts of their turns name them",
      new Set(answered),
      stored.filter(({ kind }) => kind === "answer").map(({ id }) => id),
    ),
    none(
      "turns that were dropped though no later one was taken",
      turns
        .filter((turn) => !isAnswered(turn) && !gaveWay(turn, ofConversation.get(turn.event.conversationId) ?? []))
        .map(describe),
    ),
    none("customers whose last message nobody has answered", findUnanswered(stored, ofConversation)),
  ];
}

function isAnswered({ execution }: Turn): boolean {
  return execution?.outcome === "SUCCESS";
}

function gaveWay({ event, execution }: Turn, turns: readonly Turn[]): boolean {
  if (execution?.outcome !== "SKIPPED" || execution.reason !== "superseded") return false;
  return turns.some((other) => BigInt(other.event.seq) > BigInt(event.seq));
}

function findUnanswered(stored: readonly StoredLetter[], ofConversation: ReadonlyMap<string, Turn[]>): string[] {
  const letters = stored.filter(({ kind }) => kind === "letter");
  return [...Map.groupBy(letters, ({ conversationId }) => conversationId)].flatMap(([conversationId, list]) => {
    const last = list.at(-1);
    const turns = ofConversation.get(conversationId) ?? [];
    if (turns.some((turn) => isAnswered(turn) && messagesOf(turn).includes(last?.id))) return [];
    const latest = turns.at(-1);
    return [`${last?.phone}, message ${last?.id}; last turn: ${latest ? describe(latest) : "none"}`];
  });
}

function messagesOf({ event }: Turn): unknown[] {
  const ids = event.data["messageIds"];
  return Array.isArray(ids) ? ids : [];
}

function describe({ event, execution }: Turn): string {
  const { outcome = "not asked", reason = null } = execution ?? {};
  return `${askedKey(event)}, message ${event.messageId}: ${outcome}${reason === null ? "" : ` (${reason})`}`;
}
