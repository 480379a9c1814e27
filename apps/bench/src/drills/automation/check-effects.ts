import { compareSets, equal, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import type { Execution } from "./asked.ts";
import type { Remains } from "./check-executions.ts";
import { lettersOf, type Customer } from "./plan-letters.ts";

/** What customers wrote is there once, and what rules did about it was done once, where it belongs. */
export async function checkEffects(
  reader: Reader,
  customers: readonly Customer[],
  { executions, stored, letters }: Remains,
): Promise<Check[]> {
  const received = stored.filter(({ kind }) => kind === "letter");
  const externalIds = new Map(received.map(({ id, externalId }) => [id, externalId ?? ""]));
  const notes = stored.filter(({ kind }) => kind === "note");
  const phones = new Set(customers.map(({ phone }) => phone));
  const phoneOf = new Map(stored.map(({ conversationId, phone }) => [conversationId, phone]));
  const didOf = (rule: Execution["rule"]): Execution[] =>
    executions.filter((execution) => execution.rule === rule && execution.outcome === "SUCCESS");
  const marked = didOf("mark");
  const tickets = await reader.rows<{ conversationId: string; priority: string; tags: string[] }>(
    `select conversation_id as "conversationId", priority::text, tags from ticket`,
  );
  return [
    compareSets(
      "messages, with their texts",
      new Set([...letters.values()].map(({ externalId, text }) => `${externalId}: ${text}`)),
      received.map(({ externalId, text }) => `${externalId}: ${text}`),
    ),
    equal(
      "events of their arrival",
      letters.size,
      received.reduce((sum, { events }) => sum + events, 0),
    ),
    compareSets(
      "marked messages, each with one note",
      new Set([...letters.values()].filter(({ isMarked }) => isMarked).map(({ externalId }) => externalId)),
      marked.map(({ messageId }) => externalIds.get(messageId ?? "") ?? `message ${messageId}`),
    ),
    compareSets(
      "notes, as their receipts name them",
      new Set(marked.flatMap(({ receipts }) => receipts.map(({ messageId }) => `note ${messageId}`))),
      notes.map(({ id }) => `note ${id}`),
    ),
    compareSets(
      "tickets, with their priorities and tags",
      new Set(customers.map((customer) => `${customer.phone} HIGH ${tagsOf(customer).join()}`)),
      tickets.map(
        ({ conversationId, priority, tags }) => `${phoneOf.get(conversationId)} ${priority} ${tags.toSorted().join()}`,
      ),
    ),
    compareSets(
      "priorities raised, once a ticket",
      phones,
      didOf("raise").map(({ conversationId }) => phoneOf.get(conversationId) ?? conversationId),
    ),
    compareSets(
      "… and what that leads to, once a ticket",
      phones,
      didOf("raised")
        .filter(({ ledBy }) => ledBy.join() === "raise")
        .map(({ conversationId }) => phoneOf.get(conversationId) ?? conversationId),
    ),
  ];
}

function tagsOf(customer: Customer): string[] {
  return lettersOf(customer).some(({ namesOrder }) => namesOrder) ? ["order", "raised"] : ["raised"];
}
