import type { Tx } from "@parley/db";
import { outboxRow, type PayloadOf } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { outboundQueue, wakeIfFirstAfterCommit } from "../outbound-queue/index.ts";

/** The place of a message at the end of its conversation. */
interface Turn {
  occurredAt: Date;
  /** The one before it has not left yet. */
  isBehind: boolean;
}

/**
 * Messages leave in the order of (occurred_at, id), and that is to be the order of acceptance, so each is later than
 * the one before, even within the same millisecond or by another process's slower clock. What is scheduled stands
 * further on, at its time, and has no turn yet. Relies on message_tenant_id_conversation_id_occurred_at_id_idx.
 */
export async function findTurn(tx: Tx, conversation: LockedConversation, now: Date): Promise<Turn> {
  const previous = await tx.message.findFirst({
    where: {
      tenantId: conversation.tenantId,
      conversationId: conversation.id,
      direction: "OUTBOUND",
      status: { not: "SCHEDULED" },
    },
    orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
    select: { occurredAt: true, status: true },
  });
  return {
    occurredAt: new Date(Math.max(now.getTime(), previous ? previous.occurredAt.getTime() + 1 : 0)),
    isBehind: previous?.status === "QUEUED" || previous?.status === "SENDING",
  };
}

/** A job for a message that cannot leave yet would only be a run for nothing. */
export async function enqueueSend(
  ctx: SystemContext,
  tx: Tx,
  payload: PayloadOf<(typeof outboundQueue)["jobs"]["send_message"]>,
  { isBehind }: Pick<Turn, "isBehind">,
): Promise<void> {
  if (isBehind) wakeIfFirstAfterCommit(ctx, tx, payload);
  else await ctx.outbox.enqueue(tx, [outboxRow(outboundQueue, "send_message", payload)]);
}
