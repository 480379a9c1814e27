import type { Message, Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { supersedeDrafts } from "../pending-drafts/index.ts";
import { takeUnits } from "../quotas/index.ts";
import type { TimerHandler } from "../timers/index.ts";
import { lockMessage } from "./lock-message.ts";
import { markAnswered } from "./mark-answered.ts";
import { findObstacle } from "./may-write-to.ts";
import { enqueueSend, findTurn } from "./turn.ts";

/**
 * What the timer of a scheduled message does: the message is QUEUED at the end of its conversation, as if it had been
 * written now; or FAILED, if by now nothing may be sent to its contact. What customers wrote meanwhile stays unread.
 */
export const sendScheduled: TimerHandler = async (ctx, tx, { tenantId, subjectId: id }) => {
  const { message, conversation } = await lockMessage(tx, tenantId, id);
  const now = ctx.clock.now();
  if (message.status !== "SCHEDULED" || message.scheduledFor === null || message.scheduledFor > now) return;
  const { conversationId, ticketId, inboxId } = message;
  const turn = await findTurn(tx, conversation, now);
  const { occurredAt } = turn;
  const error = await findObstacle(ctx, tx, conversation);
  await tx.message.update({
    where: { tenantId_id: { tenantId, id } },
    data: error
      ? { status: "FAILED", error, occurredAt, updatedAt: now }
      : { status: "QUEUED", occurredAt, updatedAt: now },
  });
  if (error) {
    await tell(ctx, tx, conversation, message, {
      type: "MESSAGE_STATUS_CHANGED",
      data: { status: "failed", errorCode: error.code },
    });
    return;
  }
  await tell(ctx, tx, conversation, message, {
    type: "MESSAGE_QUEUED",
    data: { type: message.type, because: "scheduled" },
  });
  await markAnswered(tx, conversation, { messageId: id, occurredAt, ticketId, now, isRead: false, isResponse: true });
  await supersedeAnswered(tx, message);
  await enqueueSend(ctx, tx, { tenantId, messageId: id, inboxId, conversationId }, turn);
  await takeUnits(ctx, tx, { tenantId, meter: "MESSAGES", units: 1, messageId: id });
};

/** Earlier than it was stored a message is written by as much as webhooks are late. */
const DAY_MS = 24 * 3_600_000;

/** It answers what was there when it was written; drafts that know what came since still wait. */
async function supersedeAnswered(tx: Tx, { tenantId, conversationId, createdAt }: Message): Promise<void> {
  // message_tenant_id_conversation_id_occurred_at_id_idx
  const since = await tx.message.findFirst({
    where: {
      tenantId,
      conversationId,
      direction: "INBOUND",
      occurredAt: { gt: new Date(createdAt.getTime() - DAY_MS) },
      createdAt: { gt: createdAt },
    },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  await supersedeDrafts(tx, [{ tenantId, conversationId, ...(since && { messageId: since.id }) }], "answered");
}

function tell(
  ctx: SystemContext,
  tx: Tx,
  { contactId }: LockedConversation,
  { tenantId, id: messageId, conversationId, ticketId }: Message,
  what: Pick<NewEvent, "type" | "data">,
): Promise<void> {
  const subjects = { tenantId, contactId, conversationId, ticketId, messageId };
  return publishEvents(ctx, tx, [{ ...subjects, actorType: "SYSTEM", ...what }]);
}
