import { statement } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { outboundQueue } from "../outbound-queue/index.ts";
import type { OutboundContext } from "./outbound-context.ts";

interface QueuedMessage {
  tenantId: string;
  messageId: string;
  inboxId: string;
  conversationId: string;
}

// message_unsettled_age_idx. Only the first of a conversation can leave; settling it wakes the others.
const FIND_STRANDED = statement<QueuedMessage>(
  "outbound_find_stranded",
  `select m.tenant_id as "tenantId", m.id as "messageId", m.inbox_id as "inboxId", m.conversation_id as "conversationId"
     from message m
     join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id and i.status = 'ACTIVE'
     join tenant t on t.id = m.tenant_id and t.status in ('TRIAL', 'ACTIVE')
    where m.status = 'QUEUED' and m.updated_at < $1 and (m.next_attempt_at is null or m.next_attempt_at < $1)
      and not exists (
        select from message e
         where e.tenant_id = m.tenant_id and e.conversation_id = m.conversation_id
           and e.status in ('QUEUED', 'SENDING') and (e.occurred_at, e.id) < (m.occurred_at, m.id)
      )
    order by m.created_at
    limit $2`,
);

const LIMIT = 5_000;

/**
 * Enqueues messages that could have left `olderThanMs` ago and have no reserved slot: their job was lost with Redis.
 * Harmless when it still exists, because messages are claimed. Returns how many.
 */
export async function reconcileQueued(ctx: OutboundContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  const queued = await ctx.database.system.rows(FIND_STRANDED, [new Date(now - olderThanMs), LIMIT]);
  if (queued.length === 0) return 0;
  const reserved = await ctx.slots.reserved(queued.map((row) => ({ account: row.inboxId, message: row.messageId })));
  const stranded = queued.filter((_row, index) => !reserved[index]);
  const cause = `again-${Math.floor(now / olderThanMs)}`;
  await ctx.database.system.transaction((sql) =>
    ctx.outbox.enqueueSql(
      sql,
      stranded.map((row) => outboxRow(outboundQueue, "send_message", row, cause)),
    ),
  );
  return stranded.length;
}
