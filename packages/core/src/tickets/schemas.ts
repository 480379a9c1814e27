import { ActorType, Channel, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";

export const ticketJson = z
  .object({
    id: z.uuid(),
    number: z.int().meta({ description: "Counts up from 1 within the company." }),
    conversationId: z.uuid(),
    contactId: z.uuid(),
    inboxId: z.uuid(),
    channel: jsonEnum(Channel),
    status: jsonEnum(TicketStatus),
    priority: jsonEnum(TicketPriority).meta({ example: "normal" }),
    subject: z.string().nullable().meta({ example: "Where is my order?" }),
    category: z.string().nullable().meta({ example: "delivery" }),
    sentiment: z.string().nullable().meta({ example: "neutral" }),
    assigneeId: z.uuid().nullable(),
    teamId: z.uuid().nullable(),
    tags: z.array(z.string()).meta({ example: ["returns"] }),
    orderRef: z.string().nullable().meta({ description: "The order that it is about.", example: "4711" }),
    firstResponseAt: timeJson.nullable(),
    resolvedAt: timeJson.nullable().meta({ example: null }),
    createdAt: timeJson,
    updatedAt: timeJson,
    version: z.int().meta({ description: "Counts up with every change." }),
  })
  .meta({ id: "Ticket" });
export type TicketJson = z.infer<typeof ticketJson>;

export const ticketEventJson = z
  .object({
    id: z.string().meta({ description: "A number as text; the greater of two was written later.", example: "4711" }),
    type: z.string().meta({ example: "message_received" }),
    actorType: jsonEnum(ActorType),
    actorId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    data: z.record(z.string(), z.unknown()),
    createdAt: timeJson,
  })
  .meta({ id: "TicketEvent" });
export type TicketEventJson = z.infer<typeof ticketEventJson>;

export const listTicketsQuery = pageQuery.extend({
  status: enumInput(TicketStatus).optional(),
  priority: enumInput(TicketPriority).optional(),
  channel: enumInput(Channel).optional(),
  assigneeId: z.uuid().optional(),
  teamId: z.uuid().optional(),
  tag: lineText(80).optional().meta({ example: "returns" }),
  search: searchText.optional().meta({ description: "A ticket's number, or part of its subject." }),
});
export type ListTicketsQuery = z.output<typeof listTicketsQuery>;

export const listTicketEventsQuery = pageQuery;
export type ListTicketEventsQuery = z.output<typeof listTicketEventsQuery>;
