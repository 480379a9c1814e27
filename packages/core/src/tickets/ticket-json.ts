import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import { attributesOf } from "./attributes-after.ts";
import type { TicketJson } from "./schemas.ts";
import type { TicketRow } from "./ticket-row.ts";

export function toTicketJson(ticket: TicketRow): TicketJson {
  const { id, conversationId, contactId, inboxId, subject, category, sentiment } = ticket;
  const { assigneeId, teamId, tags, orderRef } = ticket;
  return {
    id,
    number: Number(ticket.number),
    conversationId,
    contactId,
    inboxId,
    channel: toJsonEnum(ticket.channel),
    status: toJsonEnum(ticket.status),
    priority: toJsonEnum(ticket.priority),
    subject,
    category,
    sentiment,
    assigneeId,
    teamId,
    tags,
    orderRef,
    attributes: attributesIn(ticket),
    snoozed: ticket.snoozedAt && {
      since: ticket.snoozedAt.toISOString(),
      until: ticket.snoozedUntil?.toISOString() ?? null,
    },
    mergedIntoId: ticket.mergedIntoId,
    splitFromId: ticket.splitFromId,
    firstResponseAt: ticket.firstResponseAt?.toISOString() ?? null,
    resolvedAt: ticket.resolvedAt?.toISOString() ?? null,
    reopenedCount: ticket.reopenedCount,
    satisfaction: satisfactionOf(ticket),
    createdAt: ticket.createdAt.toISOString(),
    updatedAt: ticket.updatedAt.toISOString(),
    version: ticket.version,
  };
}

/** Without a schema: lists have many. What was not stored by us counts as none. */
function attributesIn(ticket: Pick<TicketRow, "attributes">): TicketJson["attributes"] {
  const values: TicketJson["attributes"] = {};
  for (const [key, value] of Object.entries(attributesOf(ticket))) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return {};
    values[key] = value;
  }
  return values;
}

function satisfactionOf({ surveyScore: score, surveyScoredAt }: TicketRow) {
  return score === null || surveyScoredAt === null ? null : { score, answeredAt: surveyScoredAt.toISOString() };
}

export function noSuchTicket(): DomainError {
  return new DomainError("not_found", "There is no ticket with this id.");
}
