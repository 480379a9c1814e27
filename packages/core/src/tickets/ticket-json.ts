import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { TicketEventJson, TicketJson } from "./schemas.ts";

export function toTicketJson(ticket: Prisma.TicketGetPayload<object>): TicketJson {
  const { id, conversationId, contactId, inboxId, subject, category, sentiment, assigneeId, tags, orderRef } = ticket;
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
    teamId: null,
    tags,
    orderRef,
    firstResponseAt: ticket.firstResponseAt?.toISOString() ?? null,
    resolvedAt: ticket.resolvedAt?.toISOString() ?? null,
    createdAt: ticket.createdAt.toISOString(),
    updatedAt: ticket.updatedAt.toISOString(),
    version: ticket.version,
  };
}

export function toTicketEventJson(event: Prisma.EventGetPayload<object>): TicketEventJson {
  const { seq, actorId, conversationId, messageId, data } = event;
  return {
    id: String(seq),
    type: event.type.toLowerCase(),
    actorType: toJsonEnum(event.actorType),
    actorId,
    conversationId,
    messageId,
    data: typeof data === "object" && data !== null && !Array.isArray(data) ? data : {},
    createdAt: event.createdAt.toISOString(),
  };
}

export function noSuchTicket(): DomainError {
  return new DomainError("not_found", "There is no ticket with this id.");
}
