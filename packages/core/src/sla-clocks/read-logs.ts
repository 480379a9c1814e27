import { statement, together, type Sql } from "@parley/db";
import {
  CLOCK_EVENT_TYPES,
  type LoggedEvent,
  type LoggedTicket,
  type TagChange,
  type TicketLog,
} from "./read-ticket-log.ts";

export interface TicketKey {
  tenantId: string;
  ticketId: string;
}

/** A ticket's log, with whom and what its events are about. */
export interface FullTicketLog extends TicketLog {
  ticket: LoggedTicket & TicketKey & { conversationId: string; contactId: string };
}

// ticket_pkey
const READ_TICKETS = statement<FullTicketLog["ticket"]>(
  "sla_tickets_read",
  `select t.tenant_id as "tenantId", t.id as "ticketId", t.conversation_id as "conversationId",
          t.contact_id as "contactId", t.inbox_id as "inboxId", t.channel, t.status, t.priority, t.tags,
          t.assignee_id as "assigneeId", t.team_id as "teamId", t.created_at as "createdAt"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join ticket t on t.tenant_id = k.tenant_id and t.id = k.id`,
);
// ticket_tag_change_pkey
const READ_TAG_CHANGES = statement<TagChange & { ticketId: string }>(
  "sla_tag_changes_read",
  `select c.ticket_id as "ticketId", c.txid::text as txid, c.tags_before as "tagsBefore", c.tags
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join ticket_tag_change c on c.tenant_id = k.tenant_id and c.ticket_id = k.id
    order by c.ticket_id, c.txid`,
);
// event_ticket_idx
const READ_EVENTS = statement<LoggedEvent & { ticketId: string }>(
  "sla_events_read",
  `select e.ticket_id as "ticketId", e.type, e.txid::text as txid, e.actor_type as "actorType", e.actor_id as "actorId",
          e.message_id as "messageId", e.data, e.created_at as "createdAt"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join event e on e.tenant_id = k.tenant_id and e.ticket_id = k.id and e.type = any($3::text[])
    order by e.seq`,
);

/**
 * The logs of these tickets, by their ids; what there is none of is left out. Tickets are read before their events, so that
 * what has changed in between is told by an event that says how it was before. `types` may name more types of events than
 * clocks follow.
 */
export async function readTicketLogs(
  sql: Sql,
  keys: readonly TicketKey[],
  types: readonly string[] = CLOCK_EVENT_TYPES,
): Promise<Map<string, FullTicketLog>> {
  const columns = [keys.map(({ tenantId }) => tenantId), keys.map(({ ticketId }) => ticketId)];
  const [tickets, tagChanges, events] = await together([
    sql.rows(READ_TICKETS, columns),
    sql.rows(READ_TAG_CHANGES, columns),
    sql.rows(READ_EVENTS, [...columns, types]),
  ]);
  const tagsOf = Map.groupBy(tagChanges, ({ ticketId }) => ticketId);
  const eventsOf = Map.groupBy(events, ({ ticketId }) => ticketId);
  return new Map(
    tickets.map((ticket) => {
      const { ticketId: id } = ticket;
      return [id, { ticket, tagChanges: tagsOf.get(id) ?? [], events: eventsOf.get(id) ?? [] }];
    }),
  );
}
