import { statement, type MessageStatus } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";

interface DecidedMessage {
  tenantId: string;
  messageId: string;
  conversationId: string;
  inboxId: string;
  ticketId: string | null;
  status: MessageStatus;
  attempts: number;
}

// message_unknown_age_idx. `hold`, the default, leaves the message to its agents.
const DECIDE = statement<DecidedMessage>(
  "outbound_decide_unknown",
  `with due as (
     select m.tenant_id, m.id, i.config -> 'unknownOutcome' ->> 'then' as decision
       from message m join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id
      where m.status = 'UNKNOWN'
        and i.config -> 'unknownOutcome' ->> 'then' in ('fail', 'resend')
        and m.updated_at < $1::timestamptz - make_interval(mins => (i.config -> 'unknownOutcome' ->> 'afterMinutes')::int)
      order by m.id
      limit $2
        for no key update of m skip locked
   )
   update message m
      set status = case when d.decision = 'resend' and m.attempts < $3 then 'QUEUED' else 'FAILED' end::message_status,
          failures = 0, slow_downs = 0, updated_at = $1
     from due d
    where m.tenant_id = d.tenant_id and m.id = d.id
   returning m.tenant_id as "tenantId", m.id as "messageId", m.conversation_id as "conversationId", m.inbox_id as "inboxId",
             m.ticket_id as "ticketId", m.status, m.attempts`,
);

const LIMIT = 500;
/** An inbox that resends accepts a double, not an endless series. */
const MAX_ATTEMPTS = 3;

/**
 * What an inbox has decided about messages whose outcome no status has settled: `fail` them, or `resend` them and
 * accept a possible double, a few times. Returns how many were decided.
 */
export function applyUnknownPolicy(ctx: SystemContext): Promise<number> {
  return ctx.database.system.transaction(async (sql) => {
    const decided = await sql.rows(DECIDE, [ctx.clock.now(), LIMIT, MAX_ATTEMPTS]);
    await publishEventsSql(
      ctx,
      sql,
      decided.map(({ tenantId, messageId, conversationId, ticketId, status }) => ({
        tenantId,
        messageId,
        conversationId,
        ticketId,
        type: "MESSAGE_STATUS_CHANGED",
        actorType: "SYSTEM",
        data: { status: status.toLowerCase(), because: "unknown_outcome_policy" },
      })),
    );
    const again = decided.filter(({ status }) => status === "QUEUED");
    await ctx.outbox.enqueueSql(
      sql,
      again.map(({ tenantId, messageId, inboxId, conversationId, attempts }) =>
        outboxRow(
          outboundQueue,
          "send_message",
          { tenantId, messageId, inboxId, conversationId },
          `resend-${attempts}`,
        ),
      ),
    );
    return decided.length;
  });
}
