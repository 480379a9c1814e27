import type { Reader } from "../harness/reader.ts";
import type { RuleName } from "./set-up-desks.ts";

/** A rule that had to be asked about an event. */
export interface Asked {
  tenantId: string;
  seq: string;
  ruleId: string;
  rule: RuleName;
  type: string;
  data: Record<string, unknown>;
  messageId: string | null;
  conversationId: string;
  ticketId: string;
}

const CHANGES = `('TICKET_CHANGED', 'STATUS_CHANGED', 'PRIORITY_CHANGED', 'ASSIGNMENT_CHANGED')`;

/** By the log alone. However much a transaction changes of a ticket, its first change asks. */
export const READ_ASKED = `
  select e.tenant_id as "tenantId", e.seq::text as seq, r.id as "ruleId", r.name as rule, e.type, e.data,
         e.message_id as "messageId", e.conversation_id as "conversationId", e.ticket_id as "ticketId"
    from event e
    join ai_rule r on r.tenant_id = e.tenant_id
   where case r.name
           when 'mark' then e.type = 'MESSAGE_RECEIVED'
           when 'orders' then e.type = 'MESSAGE_RECEIVED'
           when 'raise' then e.type = 'TICKET_OPENED'
           when 'thank' then e.type = 'TURN_DUE'
           when 'raised' then e.type in ${CHANGES} and not exists (
             select from event s
              where s.tenant_id = e.tenant_id and s.txid = e.txid and s.ticket_id = e.ticket_id
                and s.type in ${CHANGES} and s.seq < e.seq)
         end`;

/** In the order of the log. */
export function readAsked(reader: Reader): Promise<Asked[]> {
  return reader.rows<Asked>(`select * from (${READ_ASKED}) k order by k.seq::bigint`);
}

/** That a rule was asked about an event, and what came of it. */
export interface Execution {
  id: string;
  tenantId: string;
  seq: string;
  rule: RuleName;
  outcome: string;
  reason: string | null;
  ticketId: string;
  conversationId: string;
  messageId: string | null;
  /** The rules that led to it, by name. */
  ledBy: string[];
  receipts: { type: string; messageId: string | null }[];
}

const READ_EXECUTIONS = `
  select x.id, x.tenant_id as "tenantId", x.event_seq::text as seq, r.name as rule, x.outcome, x.reason,
         x.ticket_id as "ticketId", x.conversation_id as "conversationId", x.message_id as "messageId",
         array(select c.name::text from jsonb_array_elements_text(e.cause -> 'rules') with ordinality as k (id, place)
                 join ai_rule c on c.tenant_id = x.tenant_id and c.id = k.id::uuid order by k.place) as "ledBy",
         coalesce((select jsonb_agg(jsonb_build_object('type', a.type, 'messageId', a.effect ->> 'messageId'))
                     from ai_action_receipt a
                    where a.tenant_id = x.tenant_id and a.execution_id = x.id), '[]') as receipts
    from (select tenant_id, id, event_seq, rule_id, outcome::text, reason, ticket_id, conversation_id, message_id
            from ai_rule_execution
           union all
          select s.tenant_id, s.id, s.event_seq, a.rule_id, 'SKIPPED', s.details -> (a.place::int - 1) ->> 1,
                 s.ticket_id, s.conversation_id, s.message_id
            from ai_skipped_rules s
           cross join lateral unnest(s.rule_ids) with ordinality as a (rule_id, place)) x
    join ai_rule r on r.tenant_id = x.tenant_id and r.id = x.rule_id
    left join event e on e.tenant_id = x.tenant_id and e.seq = x.event_seq
   order by x.event_seq`;

/** In the order of the log. */
export function readExecutions(reader: Reader): Promise<Execution[]> {
  return reader.rows<Execution>(READ_EXECUTIONS);
}

/** One event and one rule: what must be there once. */
export function askedKey({ seq, rule }: { seq: string; rule: string }): string {
  return `event ${seq}, rule ${rule}`;
}
