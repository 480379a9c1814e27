import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import type { TicketJson } from "./schemas.ts";

const storedAttributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).catch({});

export function toTicketJson(ticket: Prisma.TicketGetPayload<object>): TicketJson {
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
    attributes: storedAttributes.parse(ticket.attributes),
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

function satisfactionOf({ surveyScore: score, surveyScoredAt }: Prisma.TicketGetPayload<object>) {
  return score === null || surveyScoredAt === null ? null : { score, answeredAt: surveyScoredAt.toISOString() };
}

export function noSuchTicket(): DomainError {
  return new DomainError("not_found", "There is no ticket with this id.");
}
