import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { RequestContext } from "../context/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import type { InboxRow } from "./inbox-json.ts";

const CHUNK = 1_000;

interface WaitingMessage {
  messageId: string;
  conversationId: string;
}

/**
 * Enqueues what has waited while the inbox was paused: of each conversation the first message, because settling it
 * wakes those behind. The jobs' ids carry the time, for a job of the time before the pause may still hold the plain id.
 */
export async function enqueueWaiting(ctx: RequestContext, tx: Tx, inbox: InboxRow): Promise<void> {
  const { tenantId, id: inboxId, updatedAt } = inbox;
  // message_unsettled_idx
  const waiting = await tx.$queryRaw<WaitingMessage[]>`
    select "messageId", "conversationId"
      from (
        select distinct on (conversation_id)
               id as "messageId", conversation_id as "conversationId", inbox_id, status
          from message
         where tenant_id = ${tenantId}::uuid and status in ('QUEUED', 'SENDING')
         order by conversation_id, occurred_at, id
      ) first
     where inbox_id = ${inboxId}::uuid and status = 'QUEUED'`;
  const cause = `resumed-${updatedAt.getTime()}`;
  const rows = waiting.map((message) =>
    outboxRow(outboundQueue, "send_message", { tenantId, inboxId, ...message }, cause),
  );
  for (let start = 0; start < rows.length; start += CHUNK) {
    await ctx.outbox.enqueue(tx, rows.slice(start, start + CHUNK));
  }
}
