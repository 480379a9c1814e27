import { benchId, benchIdSql } from "../world/bench-ids.ts";
import type { Draw } from "./draw.ts";
import type { TenantShare } from "./load-size.ts";
import { ticketEvents, type TicketEvent } from "./ticket-events.ts";

/** At most, besides those of its messages: opened, and each of `ticketEvents`. */
const MOST_OF_A_TICKET = 7;
const MOST_TICKETS = 3;

/** How many numbers of the log a tenant may need at most. What it does not need stays unused, as after a rollback. */
export function mostEvents({ conversations, messages }: TenantShare): number {
  return messages + conversations * MOST_TICKETS * MOST_OF_A_TICKET;
}

/** The transaction that wrote all of it, before any other: whoever follows the log finds it in the order of `seq`. */
export const EVENTS_TXID = 3;

const OPENED = `
  select t.conversation, t.number as ticket, m.id as message_id, 'TICKET_OPENED' as type, 'CUSTOMER' as actor_type,
         null::uuid as actor_id, '{}'::jsonb as data, t.opened_at as at, 0 as rank
    from plan_ticket t join plan_message m on m.number = t.first_message`;

/** Nothing tells that answers were queued before: they say themselves what they are, as those that were written elsewhere do. */
const MESSAGES = `
  select m.conversation, m.ticket, m.id,
         case when m.is_inbound then 'MESSAGE_RECEIVED' when m.is_note then 'NOTE_ADDED' else 'MESSAGE_SENT' end,
         case when m.is_inbound then 'CUSTOMER' else 'AGENT' end, m.agent_id,
         '{"type":"text"}'::jsonb, m.at, 1
    from plan_message m`;

/**
 * Makes the temporary table `plan_event`, in the order of each conversation: the timelines of tickets. That contacts
 * and conversations are new, and what providers tell of messages, is left out.
 */
export function planEvents(draw: Draw): string {
  const all = [OPENED, MESSAGES, ...ticketEvents(draw).map(selectTicketEvents)];
  return `
    create temp table plan_event on commit drop as
    select row_number() over (order by conversation, at, rank, message_id) as position, e.*
      from (${all.join(" union all ")}) e`;
}

function selectTicketEvents({ type, by, where, at, data }: TicketEvent, index: number): string {
  return `
    select t.conversation, t.number, null::uuid, '${type}', '${by}', ${by === "AGENT" ? "t.assignee_id" : "null::uuid"},
           ${data}, ${at}, ${2 + index}
      from plan_ticket t join plan_life l using (number)
     where ${where}`;
}

/** Writes the events whose position is from $1 to below $2; $3 is the number of the log before the first. */
export function insertEvents(tenant: number): string {
  const t = String(tenant);
  return `
    insert into event (tenant_id, seq, txid, type, actor_type, actor_id, contact_id, conversation_id, ticket_id,
                       message_id, data, created_at)
    select '${benchId("tenant", tenant)}', $3::bigint + position, ${EVENTS_TXID}, type, actor_type::actor_type, actor_id,
           ${benchIdSql("contact", t, "c.contact")}, ${benchIdSql("conversation", t, "e.conversation")},
           ${benchIdSql("ticket", t, "e.ticket - 1")}, message_id, data, at
      from plan_event e join plan_conversation c on c.n = e.conversation
     where position >= $1 and position < $2
     order by position`;
}
