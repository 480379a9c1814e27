import { Channel, ConversationStatus, MessageDirection, MessageStatus } from "@parley/db";
import { z } from "zod";
import { commaSeparated, enumInput, jsonEnum, lineText, queryBoolean, repeated, timeJson } from "../json/index.ts";
import { fieldsQuery, includeQuery } from "../listed/index.ts";
import { pageQuery } from "../paging/index.ts";
import { contactRefJson, inboxRefJson, memberRefJson, teamRefJson, ticketRefJson } from "../references/index.ts";
import { searchText } from "../search/index.ts";

const MAX_TAGS = 50;

const previewJson = z
  .object({
    id: z.uuid(),
    direction: jsonEnum(MessageDirection),
    type: z.string().meta({ example: "text" }),
    status: jsonEnum(MessageStatus),
    content: z.object({
      text: z.string().optional().meta({ description: "Its first 200 characters.", example: "Where is my order?" }),
    }),
    sentAt: timeJson.nullable(),
    createdAt: timeJson,
  })
  .meta({ id: "MessagePreview" });

export const conversationJson = z
  .object({
    id: z.uuid(),
    inboxId: z.uuid(),
    channel: jsonEnum(Channel),
    contact: contactRefJson,
    status: jsonEnum(ConversationStatus),
    assigneeId: z.uuid().nullable(),
    teamId: z.uuid().nullable(),
    tags: z.array(z.string()).meta({ example: ["returns"] }),
    isMuted: z
      .boolean()
      .meta({ description: "Its messages count as read, and nobody is told of them.", example: false }),
    window: z
      .object({ open: z.boolean().meta({ example: true }), expiresAt: timeJson })
      .nullable()
      .meta({
        description: "Until when free-form replies are allowed; null where nothing limits them, or nobody wrote yet.",
      }),
    unreadCount: z.int().meta({ description: "Messages of the customer since the last answer; of a muted one, none." }),
    isUnread: z.boolean().meta({
      description:
        "Whether the customer wrote since you last read it; for an API key, whether anything is unanswered. A muted one never is.",
    }),
    lastMessage: previewJson.nullable(),
    lastMessageAt: timeJson,
    createdAt: timeJson,
    version: z.int().meta({ description: "Counts up with every change." }),
  })
  .meta({ id: "Conversation" });
export type ConversationJson = z.infer<typeof conversationJson>;

/** What a list can answer of each besides. */
export const conversationIncludes = {
  assignee: memberRefJson.nullable().meta({ description: "Who has it." }),
  team: teamRefJson.nullable().meta({ description: "The team that has it." }),
  inbox: inboxRefJson.nullable().meta({ description: "The inbox that it is in." }),
  tickets: z.array(ticketRefJson).meta({ description: "Its unfinished tickets, newest first." }),
};

/** In lists, with what `fields` and `include` say. */
export const listedConversationJson = conversationJson
  .partial()
  .required({ id: true })
  .extend(z.object(conversationIncludes).partial().shape)
  .meta({ id: "ListedConversation" });
export type ListedConversationJson = z.infer<typeof listedConversationJson>;

export const listConversationsQuery = pageQuery.extend({
  inboxId: commaSeparated(z.uuid(), "019c1234-5678-7436-836f-a83bc726e1c1"),
  status: commaSeparated(enumInput(ConversationStatus), "open,pending"),
  assigneeId: z
    .union([z.uuid(), z.enum(["me", "none"])])
    .optional()
    .meta({ description: "A member, or me. none: those that nobody has." }),
  teamId: z
    .union([z.uuid(), z.enum(["none"])])
    .optional()
    .meta({ description: "A team. none: those that no team has." }),
  tag: repeated(lineText(80).meta({ example: "returns" })).meta({ description: "Those that have all of these." }),
  unread: queryBoolean().meta({ description: "Whether the customer wrote since you last read it." }),
  isMuted: queryBoolean(),
  search: searchText.optional().meta({
    description: "Parts of the contact's name or identifiers; the newest 1,000 contacts that have them are meant.",
  }),
  fields: fieldsQuery(conversationJson, "id,status,unreadCount"),
  include: includeQuery(conversationIncludes, "assignee,tickets"),
});
export type ListConversationsQuery = z.output<typeof listConversationsQuery>;

/** Of what goes out. Without one it goes out of the default inbox of the settings. */
export const outgoingInboxId = z.uuid().optional().meta({ description: "Default: the default inbox of the settings." });

export const openConversationInput = z
  .strictObject({
    inboxId: outgoingInboxId,
    contactId: z.uuid().optional().meta({ description: "Whom it is with; or name an address in `to`." }),
    to: z.string().trim().min(1).max(200).optional().meta({
      description:
        "The address of whom it is with, who becomes a contact if nobody has it. On WhatsApp a number in E.164, with or without +, or a business-scoped user id.",
    }),
  })
  .transform(({ inboxId, contactId, to }, issues) => {
    if (contactId !== undefined && to === undefined) return { inboxId, contactId };
    if (contactId === undefined && to !== undefined) return { inboxId, to };
    issues.addIssue({ code: "custom", message: "must name whom the conversation is with: either contactId or to" });
    return z.NEVER;
  })
  .meta({ id: "OpenConversation", example: { inboxId: "019c1234-5678-7436-836f-a83bc726e1c1", to: "+4915112345678" } });
export type OpenConversationInput = z.output<typeof openConversationInput>;

export const changeConversationInput = z
  .strictObject({
    status: enumInput(ConversationStatus).optional().meta({ example: "resolved" }),
    assigneeId: z.uuid().nullable().optional().meta({ description: "A member of the company; null: nobody." }),
    teamId: z.uuid().nullable().optional().meta({ description: "A team of the company; null: none." }),
    isMuted: z.boolean().optional().meta({ description: "Its messages are to count as read." }),
    tags: z
      .array(lineText(80))
      .max(MAX_TAGS)
      .transform((tags) => [...new Set(tags)])
      .optional()
      .meta({ description: "All of them.", example: ["returns"] }),
    version: z.int().optional().meta({ description: "Refuse the change unless the conversation is still at it." }),
  })
  .refine(
    ({ version: _version, ...change }) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: status, assigneeId, teamId, isMuted or tags",
  )
  .meta({ id: "ChangeConversation" });
export type ChangeConversationInput = z.output<typeof changeConversationInput>;
