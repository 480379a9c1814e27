import { afterCommit, statement } from "@parley/db";
import { outboxRow, type PayloadOf } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { outboundQueue } from "./outbound-queue.ts";

/** A message that no longer stands in the way of those behind it in its conversation. */
export interface SettledMessage {
  tenantId: string;
  conversationId: string;
  messageId: string;
}

type PayloadOfSend = PayloadOf<(typeof outboundQueue)["jobs"]["send_message"]>;

interface NextMessage {
  tenantId: string;
  messageId: string;
  inboxId: string;
  conversationId: string;
  settledId: string;
}

// message_unsettled_idx
const FIND_NEXT = statement<NextMessage>(
  "outbound_find_next",
  `select k.tenant_id as "tenantId", m.id as "messageId", m.inbox_id as "inboxId",
          k.conversation_id as "conversationId", k.settled_id as "settledId"
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k (tenant_id, conversation_id, settled_id)
    cross join lateral (
      select id, inbox_id, status from message
       where tenant_id = k.tenant_id and conversation_id = k.conversation_id and status in ('QUEUED', 'SENDING')
       order by occurred_at, id
       limit 1
    ) m
    where m.status = 'QUEUED'`,
);

/**
 * A job that finds an earlier message of its conversation unsettled simply ends; whoever settles that message calls
 * this. It looks after the commit of `tx`: a message that is accepted meanwhile either sees the settled one, or is
 * seen here. The job's id names the cause, because the ended job may still hold the plain id. What a crash at this very
 * moment leaves asleep is woken by `reconcileQueued`.
 */
export function wakeNextAfterCommit(ctx: SystemContext, tx: object, settled: readonly SettledMessage[]): void {
  if (settled.length === 0) return;
  afterCommit(tx, () => {
    wakeNext(ctx, settled).catch((error: unknown) => {
      ctx.logger.warn({ err: error }, "the next messages were not woken; the reconciler will");
    });
  });
}

/**
 * For a message that was accepted while one before it was unsettled: it has no job, because settling that one wakes it.
 * If that happened before this commit, nobody saw it, so it is woken here.
 */
export function wakeIfFirstAfterCommit(ctx: SystemContext, tx: object, message: PayloadOfSend): void {
  afterCommit(tx, () => {
    wakeIfFirst(ctx, message).catch((error: unknown) => {
      ctx.logger.warn({ err: error }, "the message was not woken; the reconciler will");
    });
  });
}

async function wakeIfFirst(ctx: SystemContext, message: PayloadOfSend): Promise<void> {
  const [first] = await ctx.database.system.rows(FIND_NEXT, [
    [message.tenantId],
    [message.conversationId],
    [message.messageId],
  ]);
  if (first?.messageId !== message.messageId) return;
  const row = outboxRow(outboundQueue, "send_message", message);
  await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, [row]));
}

async function wakeNext(ctx: SystemContext, settled: readonly SettledMessage[]): Promise<void> {
  const next = await ctx.database.system.rows(FIND_NEXT, [
    settled.map((message) => message.tenantId),
    settled.map((message) => message.conversationId),
    settled.map((message) => message.messageId),
  ]);
  if (next.length === 0) return;
  const rows = next.map(({ settledId, ...payload }) =>
    outboxRow(outboundQueue, "send_message", payload, `after-${settledId}`),
  );
  await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
}
