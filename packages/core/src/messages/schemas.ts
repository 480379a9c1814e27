import { AttachmentKind, AttemptState, MessageDirection, MessageStatus, SenderType } from "@parley/db";
import { z } from "zod";
import { outgoingInboxId } from "../conversations/index.ts";
import { bodyText, enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

/** Meta's limit of a text message. */
const MAX_TEXT = 4_096;

const errorJson = z
  .object({
    code: z.string().meta({ description: "The provider's code, or ours in lower_snake.", example: "131047" }),
    title: z.string().meta({ example: "Re-engagement message" }),
    detail: z.string().meta({ example: "More than 24 hours have passed since the recipient last replied." }),
    retryable: z.boolean(),
  })
  .nullable()
  .meta({ description: "Why it failed.", example: null });

const attachmentJson = z
  .object({
    id: z.uuid(),
    kind: jsonEnum(AttachmentKind),
    mimeType: z.string().meta({ example: "image/jpeg" }),
    fileName: z.string().optional().meta({ example: "parcel.jpg" }),
    size: z.int().optional().meta({ description: "Bytes.", example: 48_213 }),
  })
  .meta({ id: "Attachment" });

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
    error: errorJson,
    sentAt: timeJson.nullable().meta({ description: "Of an inbound message: the provider's time." }),
    createdAt: timeJson,
  })
  .meta({ id: "Message" });
export type MessageJson = z.infer<typeof messageJson>;

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

const isInternalInput = z.boolean().default(false).meta({ description: "A note for colleagues; it is not sent." });

export const sendMessageInput = z
  .strictObject({
    ...textFields,
    replyToMessageId: z.uuid().optional().meta({ description: "The message of this conversation that is answered." }),
    isInternal: isInternalInput,
  })
  .meta({ id: "SendMessage" });
export type SendMessageInput = z.output<typeof sendMessageInput>;

export const answerTicketInput = z
  .strictObject({ body: bodyText(MAX_TEXT).meta({ example: "It is on its way." }), isInternal: isInternalInput })
  .meta({ id: "AnswerTicket" });
export type AnswerTicketInput = z.output<typeof answerTicketInput>;

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
  })
  .meta({
    id: "SendToAddress",
    example: { inboxId: "019c1234-5678-7436-836f-a83bc726e1c1", to: "+4915112345678", type: "text", text: "Hello" },
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
});
export type ListMessagesQuery = z.output<typeof listMessagesQuery>;

export const listAttemptsQuery = pageQuery;
export type ListAttemptsQuery = z.output<typeof listAttemptsQuery>;

export const listThreadQuery = pageQuery;
export type ListThreadQuery = z.output<typeof listThreadQuery>;
