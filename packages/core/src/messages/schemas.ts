import {
  AttachmentKind,
  AttemptState,
  MediaState,
  MessageDirection,
  MessageStatus,
  SenderType,
  TicketStatus,
} from "@parley/db";
import { z } from "zod";
import { outgoingInboxId } from "../conversations/index.ts";
import { bodyText, enumInput, jsonEnum, timeInput, timeJson } from "../json/index.ts";
import { fieldsQuery, includeQuery } from "../listed/index.ts";
import { pageQuery } from "../paging/index.ts";
import { contactRefJson, senderRefJson, ticketRefJson } from "../references/index.ts";
import { searchText } from "../search/index.ts";
import { campaignInput, campaignJson, campaignLabel } from "./campaign.ts";

/** Meta's limit of a text message. */
export const MAX_TEXT = 4_096;
const MAX_MENTIONS = 50;
const MAX_UNDO_SECONDS = 30;

const errorJson = z
  .object({
    code: z.string().meta({ description: "The provider's code, or ours in lower_snake.", example: "131047" }),
    title: z.string().meta({ example: "Re-engagement message" }),
    detail: z.string().meta({ example: "More than 24 hours have passed since the recipient last replied." }),
    retryable: z.boolean(),
  })
  .nullable()
  .meta({ description: "Why it failed.", example: null });

export const attachmentJson = z
  .object({
    id: z.uuid(),
    kind: jsonEnum(AttachmentKind),
    mimeType: z.string().meta({ example: "image/jpeg" }),
    fileName: z.string().optional().meta({ example: "parcel.jpg" }),
    state: jsonEnum(MediaState).meta({
      description: "Whether its file is here: it is fetched from the channel, which keeps it for seven days.",
      example: "stored",
    }),
    size: z.int().optional().meta({ description: "Bytes, once it is stored.", example: 48_213 }),
    url: z.string().optional().meta({
      description: "Where its file is, once it is stored.",
      example: "/api/v1/messages/019c1234-5678-7436-836f-a83bc726e1c1/attachments/019c1234-5678-7436-836f-a83bc726e1c2",
    }),
    failure: z.string().optional().meta({
      description: "Why it could not be fetched, if it failed: expired, not_found, too_large, refused or corrupted.",
      example: "expired",
    }),
  })
  .meta({ id: "Attachment" });
export type AttachmentJson = z.infer<typeof attachmentJson>;

export const messageJson = z
  .object({
    id: z.uuid(),
    conversationId: z.uuid(),
    ticketId: z.uuid().nullable(),
    inboxId: z.uuid(),
    direction: jsonEnum(MessageDirection),
    type: z.string().meta({ example: "text" }),
    status: jsonEnum(MessageStatus),
    senderType: jsonEnum(SenderType),
    senderId: z.uuid().nullable(),
    content: z.looseObject({ text: z.string().optional().meta({ example: "Where is my order?" }) }),
    attachments: z.array(attachmentJson),
    externalId: z
      .string()
      .nullable()
      .meta({ description: "The provider's id.", example: "wamid.HBgNNDkxNTExMjM0NTY3OA==" }),
    replyToExternalId: z.string().optional().meta({
      description: "The provider's id of the message that it answers.",
      example: "wamid.HBgNNDkxNTExMjM0NTY3OQ==",
    }),
    isInternal: z.boolean(),
    mentions: z.array(z.uuid()).meta({ description: "Whom a note names.", example: [] }),
    campaign: campaignJson,
    scheduledFor: timeJson
      .nullable()
      .meta({ description: "When it is to be queued, or was, if somebody put it off.", example: null }),
    error: errorJson,
    sentAt: timeJson.nullable().meta({ description: "Of an inbound message: the provider's time." }),
    createdAt: timeJson,
  })
  .meta({ id: "Message" });
export type MessageJson = z.infer<typeof messageJson>;

/** What a list can answer of each besides. */
export const messageIncludes = {
  sender: senderRefJson
    .nullable()
    .meta({ description: "The contact or member who wrote it; null: neither, or not there any more." }),
  contact: contactRefJson.nullable().meta({ description: "Whom its conversation is with." }),
  ticket: ticketRefJson.nullable().meta({ description: "The ticket that it belongs to." }),
};

/** In lists, with what `fields` and `include` say. */
export const listedMessageJson = messageJson
  .partial()
  .required({ id: true })
  .extend(z.object(messageIncludes).partial().shape)
  .meta({ id: "ListedMessage" });
export type ListedMessageJson = z.infer<typeof listedMessageJson>;

const listedMessageQuery = {
  fields: fieldsQuery(messageJson, "id,direction,content"),
  include: includeQuery(messageIncludes, "sender"),
};

export const attemptJson = z
  .object({
    id: z.uuid(),
    number: z.int(),
    state: jsonEnum(AttemptState),
    externalId: z
      .string()
      .nullable()
      .meta({ description: "The provider's id.", example: "wamid.HBgNNDkxNTExMjM0NTY3OA==" }),
    httpStatus: z.int().nullable().meta({ description: "Of the provider's answer.", example: 200 }),
    error: errorJson,
    requestedAt: timeJson,
    finishedAt: timeJson.nullable(),
  })
  .meta({ id: "OutboundAttempt" });
export type AttemptJson = z.infer<typeof attemptJson>;

const textFields = {
  type: z.literal("text", { error: 'is not supported yet: only "text" can be sent so far' }),
  text: bodyText(MAX_TEXT).meta({ example: "It is on its way." }),
};

/** What can be said of a message or a note besides its text. */
const writingFields = {
  isInternal: z.boolean().default(false).meta({ description: "A note for colleagues; it is not sent." }),
  replyToMessageId: z.uuid().optional().meta({ description: "The message of this conversation that is answered." }),
  mentions: z
    .array(z.uuid())
    .max(MAX_MENTIONS)
    .optional()
    .meta({ description: "Of a note: members whom it names. They follow its ticket from now on." }),
  sendAt: timeInput.optional().meta({ description: "Send it then, within a year, and not now." }),
  undoSeconds: z
    .int()
    .min(0)
    .max(MAX_UNDO_SECONDS)
    .optional()
    .meta({ description: "Let it leave only after so long, so that it can be cancelled until then." }),
  thenStatus: enumInput(TicketStatus).optional().meta({
    description: "What becomes of the ticket, at once. Needs what changing a ticket needs. Not of what can be undone.",
  }),
  fromDraft: z
    .boolean()
    .optional()
    .meta({ description: "Your draft in the conversation is finished: delete it. Cancelling brings it back." }),
};

const writing = z.object(writingFields);
export type WritingInput = z.output<typeof writing>;

/** What does not go together, each with the field that is too much. */
function refuseMixtures(
  { isInternal, mentions, sendAt, undoSeconds, thenStatus }: WritingInput,
  issues: { addIssue(issue: { code: "custom"; path: string[]; message: string }): void },
): void {
  const refuse = (path: string, message: string): void => issues.addIssue({ code: "custom", path: [path], message });
  if (!isInternal && mentions !== undefined) refuse("mentions", "are for notes; set isInternal");
  if (isInternal && sendAt) refuse("sendAt", "is not for notes, which are there as soon as they are written");
  if (isInternal && undoSeconds !== undefined) refuse("undoSeconds", "is not for notes, which are not sent");
  if (sendAt && undoSeconds !== undefined) {
    refuse("undoSeconds", "is for what is sent at once; what has a sendAt can be cancelled until then");
  }
  // The ticket would have moved for an answer that never leaves: cancelling does not move it back.
  if (thenStatus !== undefined && sendAt) {
    refuse("thenStatus", "is not for what is sent later; change the ticket once it was sent");
  } else if (thenStatus !== undefined && undoSeconds) {
    refuse("thenStatus", "is not for what can be undone; change the ticket once the message has left");
  }
}

export const sendMessageInput = z
  .strictObject({ ...textFields, ...writingFields, campaign: campaignInput })
  .superRefine((input, issues) => {
    refuseMixtures(input, issues);
    if (!input.isInternal || input.campaign === undefined) return;
    issues.addIssue({ code: "custom", path: ["campaign"], message: "is not for notes, which no contact gets" });
  })
  .meta({ id: "SendMessage", example: { type: "text", text: "It is on its way." } });
export type SendMessageInput = z.output<typeof sendMessageInput>;

export const answerTicketInput = z
  .strictObject({ body: bodyText(MAX_TEXT), ...writingFields })
  .superRefine(refuseMixtures)
  .meta({ id: "AnswerTicket", example: { body: "It is on its way.", thenStatus: "waiting_customer" } });
export type AnswerTicketInput = z.output<typeof answerTicketInput>;

export const rescheduleMessageInput = z
  .strictObject({ sendAt: timeInput.meta({ description: "Within a year.", example: "2026-01-31T08:00:00Z" }) })
  .meta({ id: "RescheduleMessage" });
export type RescheduleMessageInput = z.output<typeof rescheduleMessageInput>;

export const sendToAddressInput = z
  .strictObject({
    inboxId: outgoingInboxId,
    to: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .meta({ description: "On WhatsApp a number in E.164, with or without +, or a business-scoped user id." }),
    ...textFields,
    campaign: campaignInput,
  })
  .meta({
    id: "SendToAddress",
    example: {
      inboxId: "019c1234-5678-7436-836f-a83bc726e1c1",
      to: "+4915112345678",
      type: "text",
      text: "Hello",
      campaign: "spring-sale",
    },
  });
export type SendToAddressInput = z.output<typeof sendToAddressInput>;

export const retryMessageInput = z
  .strictObject({
    acceptDuplicate: z
      .boolean()
      .default(false)
      .meta({ description: "Needed for a message whose outcome is unknown: it may arrive twice." }),
  })
  .meta({ id: "RetryMessage" });
export type RetryMessageInput = z.output<typeof retryMessageInput>;

export const listMessagesQuery = pageQuery.extend({
  conversationId: z.uuid().optional(),
  direction: enumInput(MessageDirection).optional(),
  status: enumInput(MessageStatus).optional(),
  campaign: campaignLabel.optional().meta({ description: "Its whole name, as it was given.", example: "spring-sale" }),
  search: searchText.optional().meta({
    description:
      "Words of its text, in any of their forms. Pages go by where messages stand in the index, the newest first, and may be short, " +
      "or empty, while there is a nextCursor.",
  }),
  ...listedMessageQuery,
});
export type ListMessagesQuery = z.output<typeof listMessagesQuery>;

export const listAttemptsQuery = pageQuery;
export type ListAttemptsQuery = z.output<typeof listAttemptsQuery>;

export const listThreadQuery = pageQuery.extend(listedMessageQuery);
export type ListThreadQuery = z.output<typeof listThreadQuery>;

export const mentionJson = z
  .object({
    messageId: z.uuid(),
    conversationId: z.uuid(),
    ticketId: z.uuid().nullable(),
    mentionedBy: z.uuid().nullable().meta({ description: "Who wrote the note; null: a program." }),
    createdAt: timeJson,
  })
  .meta({ id: "Mention" });
export type MentionJson = z.infer<typeof mentionJson>;

export const listMentionsQuery = pageQuery;
export type ListMentionsQuery = z.output<typeof listMentionsQuery>;
