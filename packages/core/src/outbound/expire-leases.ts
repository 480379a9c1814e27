import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { wakeNextAfterCommit } from "../outbound-queue/index.ts";

interface ExpiredMessage {
  tenantId: string;
  messageId: string;
  conversationId: string;
  ticketId: string | null;
}

const INTERRUPTED = {
  code: "interrupted",
  title: "The outcome is unknown",
  detail: "The process that was sending stopped before the answer came; a status of the provider will settle it.",
  retryable: false,
};

// message_unsettled_age_idx
const EXPIRE = statement<ExpiredMessage>(
  "outbound_expire_leases",
  `with expired as (
     select m.tenant_id, m.id, m.attempts
       from message m
       join outbound_attempt o on o.tenant_id = m.tenant_id and o.message_id = m.id and o.number = m.attempts
      where m.status = 'SENDING' and o.requested_at < $1
      order by m.id
      limit $2
        for no key update of m skip locked
   ), attempts as (
     update outbound_attempt o set state = 'UNKNOWN', error = $3, finished_at = $4
       from expired e
      where o.tenant_id = e.tenant_id and o.message_id = e.id and o.number = e.attempts and o.state = 'REQUESTED'
   )
   update message m set status = 'UNKNOWN', error = $3, updated_at = $4
     from expired e
    where m.tenant_id = e.tenant_id and m.id = e.id
   returning m.tenant_id as "tenantId", m.id as "messageId", m.conversation_id as "conversationId", m.ticket_id as "ticketId"`,
);

const LIMIT = 500;

/**
 * Messages that have been SENDING for longer than `leaseMs` (more than any call may take) belong to a process that
 * died: nobody knows whether they went out, so they are UNKNOWN and never sent again blindly. Returns how many.
 */
export function expireLeases(ctx: SystemContext, leaseMs: number): Promise<number> {
  return ctx.database.system.transaction(async (sql) => {
    const now = ctx.clock.now();
    const before = new Date(now.getTime() - leaseMs);
    const expired = await sql.rows(EXPIRE, [before, LIMIT, JSON.stringify(INTERRUPTED), now]);
    await publishEventsSql(
      ctx,
      sql,
      expired.map((message) => ({
        ...message,
        type: "MESSAGE_STATUS_CHANGED",
        actorType: "SYSTEM",
        data: { status: "unknown", errorCode: INTERRUPTED.code },
      })),
    );
    wakeNextAfterCommit(ctx, sql, expired);
    return expired.length;
  });
}
