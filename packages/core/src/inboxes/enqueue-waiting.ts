import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { RequestContext } from "../context/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";

const CHUNK = 1_000;

interface WaitingMessage {
  messageId: string;
  inboxId: string;
  conversationId: string;
}

/**
 * Enqueues what has waited in inboxes that may send again: of each conversation the first message, because settling it
 * wakes those behind. The jobs' ids carry the time, for a job of the time before may still hold the plain id.
 */
export async function enqueueWaiting(
  ctx: RequestContext,
  tx: Tx,
  resumed: { tenantId: string; inboxIds: readonly string[] },
): Promise<void> {
  const { tenantId, inboxIds } = resumed;
  // message_unsettled_idx
  const waiting = await tx.$queryRaw<WaitingMessage[]>`
    select "messageId", "inboxId", "conversationId"
      from (
        select distinct on (conversation_id)
               id as "messageId", conversation_id as "conversationId", inbox_id as "inboxId", status
          from message
         where tenant_id = ${tenantId}::uuid and status in ('QUEUED', 'SENDING')
         order by conversation_id, occurred_at, id
      ) first
     where "inboxId" = any(${inboxIds}::uuid[]) and status = 'QUEUED'`;
  const cause = `resumed-${ctx.clock.now().getTime()}`;
  const rows = waiting.map((message) => outboxRow(outboundQueue, "send_message", { tenantId, ...message }, cause));
  for (let start = 0; start < rows.length; start += CHUNK) {
    await ctx.outbox.enqueue(tx, rows.slice(start, start + CHUNK));
  }
}
