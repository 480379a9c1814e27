import type { Message, MessageStatus, Prisma, Tx } from "@parley/db";
import type { LockedConversation } from "../conversations/index.ts";

interface Answer {
  messageId: string;
  occurredAt: Date;
  ticketId: string | null;
  now: Date;
  /** Whoever wrote it has read what stands before it. */
  isRead: boolean;
  /** It counts as the ticket's first response. */
  isResponse: boolean;
}

/** The conversation ends with the message now; it was answered, hence read, and the ticket has its first response. */
export async function markAnswered(tx: Tx, conversation: LockedConversation, answer: Answer): Promise<void> {
  const { tenantId, id } = conversation;
  const { messageId, occurredAt, ticketId, now } = answer;
  const isLast = conversation.lastMessageId === null || occurredAt >= conversation.lastMessageAt;
  const last: Prisma.ConversationUncheckedUpdateInput = isLast
    ? { lastMessageId: messageId, lastMessageAt: occurredAt }
    : {};
  await tx.conversation.update({
    where: { tenantId_id: { tenantId, id } },
    data: { ...last, ...(answer.isRead && { unreadCount: 0 }), version: { increment: 1 } },
  });
  if (ticketId === null || !answer.isResponse) return;
  await tx.ticket.updateMany({
    where: { tenantId, id: ticketId, firstResponseAt: null },
    data: { firstResponseAt: now, updatedAt: now, version: { increment: 1 } },
  });
}

const NEVER_QUEUED: MessageStatus[] = ["SCHEDULED", "CANCELLED"];

/**
 * Takes back what `markAnswered` wrote for a message that the customer will never see: the conversation's last message,
 * its count of unread ones and the ticket's first response. Whoever wrote it has read the conversation all the same.
 */
export async function takeBackAnswer(
  tx: Tx,
  conversation: LockedConversation,
  message: Message,
  now: Date,
): Promise<void> {
  const { tenantId, id } = conversation;
  if (conversation.lastMessageId === message.id) {
    const last = await tx.message.findFirst({
      where: { tenantId, conversationId: id, isInternal: false, status: { notIn: NEVER_QUEUED } },
      orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
      select: { id: true, occurredAt: true },
    });
    await tx.conversation.update({
      where: { tenantId_id: { tenantId, id } },
      data: {
        lastMessageId: last?.id ?? null,
        lastMessageAt: last?.occurredAt ?? conversation.createdAt,
        version: { increment: 1 },
      },
    });
  }
  if (message.answeredCount) await takeBackReading(tx, conversation, message, message.answeredCount);
  if (message.ticketId !== null) await takeBackResponse(tx, { ...message, ticketId: message.ticketId }, now);
}

/** What the message answered is answered by the next answer, if there is one, and else unread again. */
async function takeBackReading(
  tx: Tx,
  { tenantId, id: conversationId, isMuted }: LockedConversation,
  { id, occurredAt }: Message,
  answeredCount: number,
): Promise<void> {
  const next = await tx.message.findFirst({
    where: {
      tenantId,
      conversationId,
      answeredCount: { not: null },
      status: { notIn: NEVER_QUEUED },
      OR: [{ occurredAt: { gt: occurredAt } }, { occurredAt, id: { gt: id } }],
    },
    orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
    select: { id: true },
  });
  if (next) {
    await tx.message.update({
      where: { tenantId_id: { tenantId, id: next.id } },
      data: { answeredCount: { increment: answeredCount } },
    });
  } else if (!isMuted) {
    await tx.conversation.update({
      where: { tenantId_id: { tenantId, id: conversationId } },
      data: { unreadCount: { increment: answeredCount }, version: { increment: 1 } },
    });
  }
}

/** The ticket's first response is the next of ours, if this was it. */
async function takeBackResponse(tx: Tx, message: Message & { ticketId: string }, now: Date): Promise<void> {
  const { tenantId, conversationId, ticketId } = message;
  const other = await tx.message.findFirst({
    where: {
      tenantId,
      conversationId,
      ticketId,
      direction: "OUTBOUND",
      isInternal: false,
      status: { notIn: NEVER_QUEUED },
      id: { not: message.id },
    },
    orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
    select: { occurredAt: true },
  });
  if (other && other.occurredAt < message.occurredAt) return;
  // When it was queued: at once, or by its timer, which fires at its time or later. Attempts have changed `updatedAt`.
  const markedAt = message.scheduledFor === null ? message.createdAt : { gte: message.scheduledFor };
  await tx.ticket.updateMany({
    where: { tenantId, id: ticketId, firstResponseAt: markedAt },
    data: { firstResponseAt: other?.occurredAt ?? null, updatedAt: now, version: { increment: 1 } },
  });
}
