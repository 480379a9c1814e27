import { statement, type Database, type InboxStatus, type MessageStatus, type TenantStatus } from "@parley/db";

/** What decides whether a message may leave now. */
export interface SendPlan {
  messageId: string;
  status: MessageStatus;
  inboxStatus: InboxStatus;
  tenantStatus: TenantStatus;
  /** An earlier message of the conversation is not settled yet; settling it wakes this one. */
  isBehind: boolean;
  /** The customer's window for free-form replies has certainly closed. */
  windowClosed: boolean;
  /** The provider, or our backoff, allows the next attempt only then. */
  nextAttemptAt: Date | null;
  /** The account's own limit, where it differs from the channel's. */
  messagesPerSecond: number | null;
}

// message_pkey, message_unsettled_idx, inbox_pkey, tenant_pkey. The window counts as closed only when our own clock agrees with the
// provider's: a webhook that was late must not cost the customer an answer, and the provider has the last word.
const READ_PLANS = statement<SendPlan>(
  "outbound_read_plans",
  `select m.id as "messageId", m.status, i.status as "inboxStatus", t.status as "tenantStatus",
          exists (
            select from message e
             where e.tenant_id = m.tenant_id and e.conversation_id = m.conversation_id
               and e.status in ('QUEUED', 'SENDING') and (e.occurred_at, e.id) < (m.occurred_at, m.id)
          ) as "isBehind",
          coalesce(c.window_expires_at < $3 and c.last_inbound_at < $3 - interval '24 hours', false) as "windowClosed",
          m.next_attempt_at as "nextAttemptAt",
          (i.config ->> 'messagesPerSecond')::int as "messagesPerSecond"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join message m using (tenant_id, id)
     join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
     join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id
     join tenant t on t.id = m.tenant_id`,
);

/** One result for each message, in their order; none where the message no longer exists. */
export async function readPlans(
  database: Database,
  messages: readonly { tenantId: string; messageId: string }[],
  now: Date,
): Promise<(SendPlan | undefined)[]> {
  const rows = await database.system.rows(READ_PLANS, [
    messages.map((message) => message.tenantId),
    messages.map((message) => message.messageId),
    now,
  ]);
  const plans = new Map(rows.map((plan) => [plan.messageId, plan]));
  return messages.map((message) => plans.get(message.messageId));
}
