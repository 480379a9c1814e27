import type { Message, Prisma } from "@parley/db";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import type { AttachmentJson, AttemptJson, MessageJson } from "./schemas.ts";

export const messageInclude = {
  attachments: { orderBy: { id: "asc" } },
  mentions: { select: { userId: true }, orderBy: { userId: "asc" } },
} satisfies Prisma.MessageInclude;

type AttachmentRow = Prisma.MessageGetPayload<{ include: typeof messageInclude }>["attachments"][number];

type ShownAttachment = Pick<AttachmentRow, "id" | "kind" | "mimeType" | "fileName" | "size" | "state" | "failure">;

/** What a message's JSON is made of, whoever read it. */
export interface ShownMessage extends Message {
  attachments: readonly ShownAttachment[];
  mentions: readonly { userId: string }[];
}

const storedContent = z.looseObject({ text: z.string().optional() }).catch({});
const storedError = z
  .object({ code: z.string(), title: z.string(), detail: z.string(), retryable: z.boolean() })
  .nullable()
  .catch(null);

/** What a message says, if it has text. */
export function storedText(content: Message["content"]): string | undefined {
  return storedContent.parse(content).text;
}

export function toMessageJson(message: ShownMessage): MessageJson {
  const { id, conversationId, ticketId, inboxId, type, senderId, externalId, isInternal } = message;
  return {
    id,
    conversationId,
    ticketId,
    inboxId,
    direction: toJsonEnum(message.direction),
    type,
    status: toJsonEnum(message.status),
    senderType: toJsonEnum(message.senderType),
    senderId,
    content: storedContent.parse(message.content),
    attachments: message.attachments.map((attachment) => toAttachmentJson(id, attachment)),
    externalId,
    replyToExternalId: message.replyToExternalId ?? undefined,
    isInternal,
    mentions: message.mentions.map(({ userId }) => userId),
    campaign: message.campaign,
    scheduledFor: message.scheduledFor?.toISOString() ?? null,
    error: storedError.parse(message.error),
    sentAt: message.sentAt?.toISOString() ?? null,
    createdAt: message.createdAt.toISOString(),
  };
}

export function toAttachmentJson(messageId: string, attachment: ShownAttachment): AttachmentJson {
  const { id, kind, mimeType, fileName, size, state, failure } = attachment;
  return {
    id,
    kind: toJsonEnum(kind),
    mimeType,
    fileName: fileName ?? undefined,
    state: toJsonEnum(state),
    ...(state === "STORED" && {
      size: size ?? undefined,
      url: `/api/v1/messages/${messageId}/attachments/${id}`,
    }),
    // Of what is tried again it says why the last try came to nothing, which is not the end.
    ...(state === "FAILED" && { failure: failure ?? undefined }),
  };
}

export function toAttemptJson(attempt: Prisma.OutboundAttemptGetPayload<object>): AttemptJson {
  const { id, number, externalId, httpStatus } = attempt;
  return {
    id,
    number,
    state: toJsonEnum(attempt.state),
    externalId,
    httpStatus,
    error: storedError.parse(attempt.error),
    requestedAt: attempt.requestedAt.toISOString(),
    finishedAt: attempt.finishedAt?.toISOString() ?? null,
  };
}
