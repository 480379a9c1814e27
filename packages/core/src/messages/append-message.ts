import type { MessageStatus, Prisma, Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { newId } from "@parley/runtime";
import { asEventActor, asSender, type RequestContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { outboundQueue, wakeIfFirstAfterCommit } from "../outbound-queue/index.ts";
import { assertMaySend } from "../tenants/index.ts";
import { toMessageJson } from "./message-json.ts";
import type { MessageJson } from "./schemas.ts";

export interface MessageDraft {
  text: string;
  isInternal: boolean;
  replyToExternalId?: string;
  /** Default: the ticket of the conversation that is being worked on, if there is one. */
  ticketId?: string;
}

/**
 * Writes a message of whoever acts at the end of `conversation`, whose lock the caller holds: the message, its
 * event, the state of conversation and ticket and, unless it is a note, the job that sends it. A note is at once what
 * it will ever be: SENT. Refuses as `forbidden` what is no note while the tenant may not send.
 */
export async function appendMessage(
  ctx: RequestContext,
  tx: Tx,
  conversation: LockedConversation,
  draft: MessageDraft,
): Promise<MessageJson> {
  const { tenantId, id: conversationId, inboxId } = conversation;
  if (!draft.isInternal) await assertMaySend(tx, tenantId);
  const ticketId = draft.ticketId ?? (await findOpenTicket(tx, conversation));
  const now = ctx.clock.now();
  const previous = await findPrevious(tx, conversation);
  const occurredAt = nextTurn(previous, now);
  const message = await tx.message.create({
    data: {
      tenantId,
      id: newId(),
      conversationId,
      ticketId,
      inboxId,
      direction: "OUTBOUND",
      type: "text",
      status: draft.isInternal ? "SENT" : "QUEUED",
      ...asSender(ctx.actor),
      content: { text: draft.text },
      replyToExternalId: draft.replyToExternalId,
      isInternal: draft.isInternal,
      occurredAt,
      sentAt: draft.isInternal ? now : null,
      createdAt: now,
      updatedAt: now,
    },
  });
  await publishEvents(ctx, tx, [
    {
      tenantId,
      type: draft.isInternal ? "NOTE_ADDED" : "MESSAGE_QUEUED",
      ...asEventActor(ctx.actor),
      contactId: conversation.contactId,
      conversationId,
      ticketId,
      messageId: message.id,
      data: { type: message.type },
    },
  ]);
  if (!draft.isInternal) {
    await markAnswered(tx, conversation, { messageId: message.id, occurredAt, ticketId, now });
    await enqueueSend(ctx, tx, { tenantId, messageId: message.id, inboxId, conversationId }, previous);
  }
  return toMessageJson({ ...message, attachments: [] });
}

// ticket_one_open_key
async function findOpenTicket(tx: Tx, conversation: LockedConversation): Promise<string | null> {
  const ticket = await tx.ticket.findFirst({
    where: {
      tenantId: conversation.tenantId,
      conversationId: conversation.id,
      status: { notIn: ["RESOLVED", "CLOSED"] },
    },
    select: { id: true },
  });
  return ticket?.id ?? null;
}

interface PreviousMessage {
  occurredAt: Date;
  status: MessageStatus;
}

function findPrevious(tx: Tx, conversation: LockedConversation): Promise<PreviousMessage | null> {
  return tx.message.findFirst({
    where: { tenantId: conversation.tenantId, conversationId: conversation.id, direction: "OUTBOUND" },
    orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
    select: { occurredAt: true, status: true },
  });
}

/**
 * Messages leave in the order of (occurred_at, id), and that is to be the order of acceptance, so each is later than
 * the one before, even within the same millisecond or by another process's slower clock.
 */
function nextTurn(previous: PreviousMessage | null, now: Date): Date {
  return new Date(Math.max(now.getTime(), previous ? previous.occurredAt.getTime() + 1 : 0));
}

/** A job for a message that cannot leave yet would only be a run for nothing. */
async function enqueueSend(
  ctx: RequestContext,
  tx: Tx,
  payload: { tenantId: string; messageId: string; inboxId: string; conversationId: string },
  previous: PreviousMessage | null,
): Promise<void> {
  if (previous?.status === "QUEUED" || previous?.status === "SENDING") wakeIfFirstAfterCommit(ctx, tx, payload);
  else await ctx.outbox.enqueue(tx, [outboxRow(outboundQueue, "send_message", payload)]);
}

/** The conversation was answered, hence read; the ticket has its first response. */
async function markAnswered(
  tx: Tx,
  conversation: LockedConversation,
  answer: { messageId: string; occurredAt: Date; ticketId: string | null; now: Date },
): Promise<void> {
  const { tenantId, id } = conversation;
  const isLast = conversation.lastMessageId === null || answer.occurredAt >= conversation.lastMessageAt;
  const last: Prisma.ConversationUncheckedUpdateInput = isLast
    ? { lastMessageId: answer.messageId, lastMessageAt: answer.occurredAt }
    : {};
  await tx.conversation.update({
    where: { tenantId_id: { tenantId, id } },
    data: { ...last, unreadCount: 0, version: { increment: 1 } },
  });
  if (answer.ticketId === null) return;
  await tx.ticket.updateMany({
    where: { tenantId, id: answer.ticketId, firstResponseAt: null },
    data: { firstResponseAt: answer.now, updatedAt: answer.now, version: { increment: 1 } },
  });
}
