import { statement, type ActorType, type Sql } from "@parley/db";
import type { Cause } from "../context/index.ts";
import type { FactValue } from "../rule-conditions/index.ts";

/** An event of the log, as far as rules are concerned. */
export interface RuleEvent {
  tenantId: string;
  seq: string;
  type: string;
  actorType: ActorType;
  contactId: string | null;
  conversationId: string | null;
  ticketId: string | null;
  messageId: string | null;
  data: Record<string, unknown>;
  cause: Cause | null;
  createdAt: Date;
  /** Of a change of its ticket: all that the same transaction changed of it, itself among them, in their order. */
  changes: readonly ChangeEvent[] | null;
  /** What that transaction changed of the ticket that is personal, by field; null when there is, or is kept, nothing. */
  values: { old: Record<string, FactValue>; new: Record<string, FactValue> } | null;
}

/** One kind of change: of the status, of who has the ticket. */
export interface ChangeEvent {
  seq: string;
  type: string;
  data: Record<string, unknown>;
}

/** What tells of a change of a ticket. One request may write several. */
export const CHANGE_TYPES: readonly string[] = [
  "TICKET_CHANGED",
  "STATUS_CHANGED",
  "PRIORITY_CHANGED",
  "ASSIGNMENT_CHANGED",
];

/** Where an event stands. */
export interface EventKey {
  tenantId: string;
  seq: string;
}

// event_pkey, event_tenant_id_txid_seq_idx, ticket_value_change_pkey
const READ_EVENTS = statement<RuleEvent>(
  "rule_events_read",
  `select e.tenant_id as "tenantId", e.seq::text as seq, e.type, e.actor_type as "actorType", e.contact_id as "contactId",
          e.conversation_id as "conversationId", e.ticket_id as "ticketId", e.message_id as "messageId", e.data, e.cause,
          e.created_at as "createdAt",
          case when e.type = any($3::text[]) then
            (select json_agg(json_build_object('seq', s.seq::text, 'type', s.type, 'data', s.data) order by s.seq)
               from event s
              where s.tenant_id = e.tenant_id and s.txid = e.txid and s.ticket_id = e.ticket_id and s.type = any($3::text[]))
          end as changes,
          case when e.type = any($3::text[]) then
            (select json_build_object('old', v.old_values, 'new', v.new_values)
               from ticket_value_change v
              where v.tenant_id = e.tenant_id and v.txid = e.txid and v.ticket_id = e.ticket_id)
          end as values
     from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
     join event e on e.tenant_id = k.tenant_id and e.seq = k.seq
    order by e.seq`,
);

/** The events at these places, in their order. */
export function readEvents(sql: Sql, keys: readonly EventKey[]): Promise<RuleEvent[]> {
  return sql.rows(READ_EVENTS, [keys.map(({ tenantId }) => tenantId), keys.map(({ seq }) => seq), CHANGE_TYPES]);
}
