import { statement, type Channel, type Sql } from "@parley/db";
import type { RuleEvent } from "./read-events.ts";

/** A message of a customer, as it arrived. */
export interface Arrival {
  tenantId: string;
  messageId: string;
  conversationId: string;
  ticketId: string;
  channel: Channel;
  /** Null of what has none, such as an image. */
  text: string | null;
  /** By our clock. */
  arrivedAt: Date;
}

// message_pkey, inbox_pkey
const FIND_ARRIVALS = statement<Arrival>(
  "rule_arrivals_find",
  `select m.tenant_id as "tenantId", m.id as "messageId", m.conversation_id as "conversationId",
          k.ticket_id as "ticketId", b.channel, m.content ->> 'text' as text, m.created_at as "arrivedAt"
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k (tenant_id, message_id, ticket_id)
     join message m on m.tenant_id = k.tenant_id and m.id = k.message_id
     join inbox b on b.tenant_id = m.tenant_id and b.id = m.inbox_id
    order by m.tenant_id, m.conversation_id, m.created_at, m.id`,
);

/** The messages that events tell of, by conversation in the order of arrival. */
export function findArrivals(sql: Sql, events: readonly RuleEvent[]): Promise<Arrival[]> {
  const told = events.filter(({ messageId, ticketId }) => messageId !== null && ticketId !== null);
  return sql.rows(FIND_ARRIVALS, [
    told.map(({ tenantId }) => tenantId),
    told.map(({ messageId }) => messageId),
    told.map(({ ticketId }) => ticketId),
  ]);
}
