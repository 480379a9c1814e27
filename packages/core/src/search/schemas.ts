import { Channel, TicketStatus } from "@parley/db";
import { z } from "zod";
import { commaSeparated, enumInput, jsonEnum, lineText, repeated, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "./search-text.ts";

/** What can be found. */
export const FoundType = {
  CONTACT: "CONTACT",
  CONVERSATION: "CONVERSATION",
  MESSAGE: "MESSAGE",
  TICKET: "TICKET",
} as const;
export type FoundType = (typeof FoundType)[keyof typeof FoundType];

const MatchedBy = { EXACT: "EXACT", NAME: "NAME", SIMILAR_NAME: "SIMILAR_NAME", TEXT: "TEXT" } as const;
export type MatchedBy = (typeof MatchedBy)[keyof typeof MatchedBy];

export const searchQuery = pageQuery.extend({
  q: searchText.meta({
    description:
      'Words; all of them are meant. In texts "quoted words" follow each other, -word is not in it, and or stands between alternatives. ' +
      "In names and identifiers parts are enough.",
    example: "broken lamp",
  }),
  type: commaSeparated(enumInput(FoundType), "ticket,message").meta({
    description: "What to look for; by default everything that the caller may read. Several are separated by commas.",
  }),
  inboxId: commaSeparated(z.uuid(), "019c1234-5678-7436-836f-a83bc726e1c1"),
  channel: commaSeparated(enumInput(Channel), "whatsapp"),
  status: commaSeparated(enumInput(TicketStatus), "open,pending").meta({
    description: "Of the ticket, the message's ticket, or the conversation. Several are separated by commas.",
  }),
  assigneeId: z
    .union([z.uuid(), z.enum(["me", "none"])])
    .optional()
    .meta({ description: "Of the ticket, the message's ticket, or the conversation: a member, or me. none: nobody." }),
  tag: repeated(lineText(80).meta({ example: "returns" })).meta({ description: "What has all of these." }),
  since: timeInput.optional().meta({ description: "When it was said, or made." }),
  until: timeInput.optional(),
});
export type SearchQuery = z.output<typeof searchQuery>;

const markJson = z.object({ start: z.int().meta({ example: 10 }), end: z.int().meta({ example: 16 }) });

export const foundJson = z
  .object({
    type: jsonEnum(FoundType),
    id: z.uuid(),
    matchedBy: jsonEnum(MatchedBy).meta({
      description:
        "exact: an order reference, a ticket's number or an identifier; name: of the contact, or an identifier's part; " +
        "similar_name: a letter is wrong; text: its words.",
    }),
    score: z.number().meta({ description: "The list is in its order.", example: 0.71 }),
    title: z.string().nullable().meta({
      description: "The ticket's subject, or the contact's name.",
      example: "Broken lamp",
    }),
    snippet: z
      .object({
        text: z.string().meta({ example: "My new lamp arrived broken" }),
        marks: z.array(markJson).meta({ description: "What was found in it: from, and up to, UTF-16 units." }),
      })
      .nullable()
      .meta({ description: "Plain text, and where in it is what was looked for." }),
    contact: z.object({ id: z.uuid(), name: z.string().nullable().meta({ example: "Customer One" }) }),
    conversationId: z.uuid().nullable(),
    ticketId: z.uuid().nullable(),
    ticketNumber: z.int().nullable().meta({ example: 4711 }),
    inboxId: z.uuid().nullable(),
    channel: jsonEnum(Channel).nullable(),
    status: z.string().nullable().meta({ description: "Of the ticket, message or conversation.", example: "open" }),
    occurredAt: timeJson,
  })
  .meta({ id: "Found" });
export type FoundJson = z.infer<typeof foundJson>;

export const searchedJson = z
  .object({
    isComplete: z.boolean().meta({
      description: "Whether everything that matches was looked through; if not, only the newest of each type was.",
    }),
    newest: z.int().meta({ description: "How many of each type are looked through at a time.", example: 200 }),
  })
  .meta({ id: "Searched" });
export type SearchedJson = z.infer<typeof searchedJson>;
