import type { Tx } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import { findNames } from "./find-names.ts";
import type { EventRow } from "./read-log.ts";
import type { EventJson } from "./schemas.ts";
import { summarizeEvent } from "./summarize-event.ts";
import type { EventNames } from "./told-event.ts";

/** The events as JSON, all of one tenant. Who is named in their summaries is looked up once. */
export async function toEventsJson(tx: Tx, rows: readonly EventRow[]): Promise<EventJson[]> {
  const names = await findNames(tx, rows);
  return rows.map((row) => toEventJson(row, names));
}

function toEventJson(event: EventRow, names: EventNames): EventJson {
  const { seq, actorId, contactId, conversationId, ticketId, messageId } = event;
  const data = dataOf(event);
  return {
    id: String(seq),
    type: event.type.toLowerCase(),
    actorType: toJsonEnum(event.actorType),
    actorId,
    summary: summarizeEvent({ ...event, data }, names),
    contactId,
    conversationId,
    ticketId,
    messageId,
    data,
    createdAt: event.createdAt.toISOString(),
  };
}

function dataOf({ data }: EventRow): Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
}
