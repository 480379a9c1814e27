import type { Message, Prisma } from "@parley/db";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import type { AttemptJson, MessageJson } from "./schemas.ts";

export const messageInclude = {
  attachments: { orderBy: { id: "asc" } },
  mentions: { select: { userId: true }, orderBy: { userId: "asc" } },
} satisfies Prisma.MessageInclude;

type AttachmentRow = Prisma.MessageGetPayload<{ include: typeof messageInclude }>["attachments"][number];

/** What a message's JSON is made of, whoever read it. */
export interface ShownMessage extends Message {
  attachments: readonly Pick<AttachmentRow, "id" | "kind" | "mimeType" | "fileName" | "size">[];
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
    attachments: message.attachments.map((attachment) => ({
      id: attachment.id,
      kind: toJsonEnum(attachment.kind),
      mimeType: attachment.mimeType,
      fileName: attachment.fileName ?? undefined,
      size: attachment.size ?? undefined,
    })),
    externalId,
    replyToExternalId: message.replyToExternalId ?? undefined,
    isInternal,
    mentions: message.mentions.map(({ userId }) => userId),
    scheduledFor: message.scheduledFor?.toISOString() ?? null,
    error: storedError.parse(message.error),
    sentAt: message.sentAt?.toISOString() ?? null,
    createdAt: message.createdAt.toISOString(),
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
