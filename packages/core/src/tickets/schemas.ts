import { Channel, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeInput, timeJson } from "../json/index.ts";
import { fieldsQuery, includeQuery } from "../listed/index.ts";
import { pageQuery } from "../paging/index.ts";
import { contactRefJson, inboxRefJson, memberRefJson, teamRefJson } from "../references/index.ts";
import { ticketSlaJson } from "../sla-clocks/index.ts";
import { ticketFilterInput } from "./ticket-filter.ts";
import { ticketSortInput } from "./ticket-sort.ts";

export const MAX_TAGS = 50;
/** Of a ticket that is called by its first message. */
export const MAX_SUBJECT = 120;
const MAX_SPLIT_MESSAGES = 200;

const attributeValue = z.union([z.string(), z.number(), z.boolean()]);

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
    attributes: z.record(z.string(), attributeValue).meta({
      description: "The company's own attributes, by their keys; see GET /ticket-attributes.",
      example: { shop_floor: "second" },
    }),
    snoozed: z
      .object({ since: timeJson, until: timeJson.nullable().meta({ description: "Null: until the customer writes." }) })
      .nullable()
      .meta({ description: "While it is put aside.", example: null }),
    mergedIntoId: z.uuid().nullable().meta({ description: "The ticket in which its work goes on.", example: null }),
    splitFromId: z.uuid().nullable().meta({ description: "The ticket that it was split off from.", example: null }),
    firstResponseAt: timeJson.nullable(),
    resolvedAt: timeJson.nullable().meta({ description: "While it is resolved or closed.", example: null }),
    reopenedCount: z.int().meta({ example: 0 }),
    satisfaction: z
      .object({ score: z.int().min(1).max(5).meta({ example: 5 }), answeredAt: timeJson })
      .nullable()
      .meta({ description: "The customer's answer to its survey: 1 (not at all satisfied) to 5 (very)." }),
    createdAt: timeJson,
    updatedAt: timeJson,
    version: z.int().meta({ description: "Counts up with every change." }),
  })
  .meta({ id: "Ticket" });
export type TicketJson = z.infer<typeof ticketJson>;

/** What a list can answer of each besides. */
export const ticketIncludes = {
  contact: contactRefJson.nullable().meta({ description: "Whom it is about." }),
  assignee: memberRefJson.nullable().meta({ description: "Who has it." }),
  team: teamRefJson.nullable().meta({ description: "The team that has it." }),
  inbox: inboxRefJson.nullable().meta({ description: "The inbox that it came in by." }),
};

/** In lists, with what `fields` and `include` say. */
export const listedTicketJson = ticketJson
  .partial()
  .required({ id: true })
  .extend(z.object(ticketIncludes).partial().shape)
  .meta({ id: "ListedTicket" });
export type ListedTicketJson = z.infer<typeof listedTicketJson>;

/** One ticket by itself, with what lists leave out. */
export const shownTicketJson = ticketJson
  .extend({
    sla: ticketSlaJson.nullable().meta({ description: "What is promised about it; null: nothing ever was." }),
  })
  .meta({ id: "ShownTicket" });
export type ShownTicketJson = z.infer<typeof shownTicketJson>;

const ticketFields = {
  priority: enumInput(TicketPriority).optional().meta({ example: "high" }),
  subject: lineText(200).nullable().optional().meta({ example: "Where is my order?" }),
  category: lineText(80).nullable().optional().meta({ example: "delivery" }),
  sentiment: lineText(80).nullable().optional().meta({ example: "neutral" }),
  orderRef: lineText(120).nullable().optional().meta({ example: "4711" }),
  tags: z
    .array(lineText(80))
    .max(MAX_TAGS)
    .transform((tags) => [...new Set(tags)])
    .optional()
    .meta({ description: "All of them.", example: ["returns"] }),
  attributes: z
    .record(lineText(80), attributeValue.nullable())
    .optional()
    .meta({
      description: "Those to be set, by their keys; null takes one away. What is not named stays.",
      example: { shop_floor: "second" },
    }),
  assigneeId: z.uuid().nullable().optional().meta({ description: "A member of the company; null: nobody." }),
  teamId: z.uuid().nullable().optional().meta({ description: "A team of the company; null: none." }),
};

export const changeTicketInput = z
  .strictObject({ status: enumInput(TicketStatus).optional().meta({ example: "resolved" }), ...ticketFields })
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ id: "ChangeTicket", example: { status: "resolved", priority: "high" } });
export type ChangeTicketInput = z.output<typeof changeTicketInput>;

export const openTicketInput = z
  .strictObject({
    conversationId: z.uuid().optional().meta({ description: "Or name inboxId with contactId or to." }),
    inboxId: z.uuid().optional(),
    contactId: z.uuid().optional(),
    to: z.string().trim().min(1).max(200).optional().meta({ description: "An address, as in POST /conversations." }),
    ...ticketFields,
  })
  .transform(({ conversationId, inboxId, contactId, to, ...fields }, issues) => {
    const on = placeOf({ conversationId, inboxId, contactId, to });
    if (on) return { ...fields, on };
    issues.addIssue({
      code: "custom",
      message: "must name either conversationId, or inboxId with either contactId or to",
    });
    return z.NEVER;
  })
  .meta({
    id: "OpenTicket",
    example: { conversationId: "019c1234-5678-7436-836f-a83bc726e1c1", subject: "Where is my order?" },
  });
export type OpenTicketInput = z.output<typeof openTicketInput>;

type GivenPlace = Partial<Record<"conversationId" | "inboxId" | "contactId" | "to", string | undefined>>;
type TicketPlace =
  | { conversationId: string }
  | { inboxId: string; contactId: string }
  | { inboxId: string; to: string };

function placeOf({ conversationId, inboxId, contactId, to }: GivenPlace): TicketPlace | undefined {
  if (conversationId !== undefined) {
    const isAlone = inboxId === undefined && contactId === undefined && to === undefined;
    return isAlone ? { conversationId } : undefined;
  }
  if (inboxId === undefined) return undefined;
  if (contactId !== undefined && to === undefined) return { inboxId, contactId };
  if (contactId === undefined && to !== undefined) return { inboxId, to };
  return undefined;
}

export const assignTicketInput = z
  .strictObject({
    userId: z.uuid().nullable().optional().meta({ description: "A member of the company; null: nobody." }),
    teamId: z.uuid().nullable().optional().meta({ description: "A team of the company; null: none." }),
  })
  .refine(({ userId, teamId }) => userId !== undefined || teamId !== undefined, "must name userId or teamId")
  .meta({ id: "AssignTicket", example: { userId: "019c1234-5678-7436-836f-a83bc726e1c1" } });
export type AssignTicketInput = z.output<typeof assignTicketInput>;

export const snoozeTicketInput = z
  .strictObject({
    until: timeInput.nullable().optional().meta({ description: "Without it, until the customer writes." }),
  })
  .meta({ id: "SnoozeTicket" });
export type SnoozeTicketInput = z.output<typeof snoozeTicketInput>;

export const mergeTicketInput = z
  .strictObject({ intoTicketId: z.uuid().meta({ description: "The ticket in which the work goes on." }) })
  .meta({ id: "MergeTicket" });
export type MergeTicketInput = z.output<typeof mergeTicketInput>;

export const splitTicketInput = z
  .strictObject({
    messageIds: z
      .array(z.uuid())
      .min(1)
      .max(MAX_SPLIT_MESSAGES)
      .transform((ids) => [...new Set(ids)])
      .meta({ description: "Messages of the ticket, of one conversation, and not all that it has." }),
    subject: lineText(200).optional().meta({ description: "Default: what the first of the messages says." }),
  })
  .meta({ id: "SplitTicket" });
export type SplitTicketInput = z.output<typeof splitTicketInput>;

export const linkedTicketJson = z
  .object({
    id: z.uuid(),
    number: z.int(),
    subject: z.string().nullable().meta({ example: "Where is my order?" }),
    status: jsonEnum(TicketStatus),
    priority: jsonEnum(TicketPriority).meta({ example: "normal" }),
    assigneeId: z.uuid().nullable(),
    teamId: z.uuid().nullable(),
    linkedAt: timeJson,
  })
  .meta({ id: "LinkedTicket" });
export type LinkedTicketJson = z.infer<typeof linkedTicketJson>;

export const listTicketLinksQuery = pageQuery;
export type ListTicketLinksQuery = z.output<typeof listTicketLinksQuery>;

export const nextTicketInput = z
  .strictObject({
    inboxId: z.uuid().optional().meta({ description: "Only of this inbox." }),
    teamId: z.uuid().optional().meta({ description: "Only of this team." }),
  })
  .meta({ id: "NextTicket" });
export type NextTicketInput = z.output<typeof nextTicketInput>;

export const listTicketsQuery = pageQuery.extend({
  ...ticketFilterInput.shape,
  sort: ticketSortInput,
  viewId: z.uuid().optional().meta({ description: "A saved view, whose filter is added to the others." }),
  fields: fieldsQuery(ticketJson, "id,number,status"),
  include: includeQuery(ticketIncludes, "contact,assignee"),
});
export type ListTicketsQuery = z.output<typeof listTicketsQuery>;

export const listTicketEventsQuery = pageQuery;
export type ListTicketEventsQuery = z.output<typeof listTicketEventsQuery>;

export const followerJson = z
  .object({ userId: z.uuid(), fullName: z.string().meta({ example: "Agent One" }), createdAt: timeJson })
  .meta({ id: "Follower" });
export type FollowerJson = z.infer<typeof followerJson>;

export const listFollowersQuery = pageQuery;
export type ListFollowersQuery = z.output<typeof listFollowersQuery>;
