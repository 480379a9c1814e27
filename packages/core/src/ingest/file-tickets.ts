import { statement, type Channel, type Sql, type TicketStatus } from "@parley/db";
import { newId } from "@parley/runtime";
import type { NewEvent } from "../events/index.ts";
import { decideTicket } from "./decide-ticket.ts";
import type { IncomingMessage } from "./incoming-message.ts";

interface FoundTicket {
  tenantId: string;
  conversationId: string;
  id: string;
  status: TicketStatus;
  endedAt: Date | null;
}

// ticket_tenant_id_conversation_id_created_at_idx. The one being worked on comes first, whatever its age.
const FIND_LATEST = statement<FoundTicket>(
  "ticket_find_latest",
  `select t.tenant_id as "tenantId", t.conversation_id as "conversationId", t.id, t.status, t.resolved_at as "endedAt"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, conversation_id)
    cross join lateral (
      select * from ticket t
       where t.tenant_id = k.tenant_id and t.conversation_id = k.conversation_id
       order by t.status in ('RESOLVED', 'CLOSED'), t.created_at desc
       limit 1
    ) t`,
);

const LOCK_TENANTS = statement(
  "ticket_lock_tenants",
  `select from tenant where id = any($1::uuid[]) order by id for no key update`,
);

const DRAW_NUMBERS = statement<{ tenantId: string; last: string }>(
  "ticket_draw_numbers",
  `update tenant t set last_ticket_number = t.last_ticket_number + n.count
     from unnest($1::uuid[], $2::int[]) as n (tenant_id, count)
    where t.id = n.tenant_id
   returning t.id as "tenantId", t.last_ticket_number::text as last`,
);

const INSERT_TICKETS = statement(
  "ticket_insert",
  `insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, subject, created_at, updated_at)
   select *, $9, $9
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::channel[], $8::text[])`,
);

const REOPEN_TICKETS = statement(
  "ticket_reopen",
  `update ticket t
      set status = 'OPEN', resolved_at = null, reopened_count = t.reopened_count + 1, updated_at = $3, version = t.version + 1
     from unnest($1::uuid[], $2::uuid[]) as r (tenant_id, id)
    where t.tenant_id = r.tenant_id and t.id = r.id and t.status in ('RESOLVED', 'CLOSED')`,
);

const SUBJECT_LENGTH = 120;

export interface FiledTickets {
  /** The ticket of each message by message id; none for an echo or a reaction where there never was one. */
  ticketOf: ReadonlyMap<string, string>;
  events: NewEvent[];
}

/**
 * Gives every message its ticket, opening and reopening as `decideTicket` says. The caller holds the locks of the
 * conversations, which makes the decision safe against other workers; a partial unique index guards it.
 */
export async function fileTickets(sql: Sql, messages: readonly IncomingMessage[], at: Date): Promise<FiledTickets> {
  const ofConversation = Map.groupBy(messages, (message) => message.conversation.id);
  const firsts = [...ofConversation.values()].flatMap((list) => list[0] ?? []);
  const found = await sql.rows(FIND_LATEST, [
    firsts.map((message) => message.inbox.tenantId),
    firsts.map((message) => message.conversation.id),
  ]);
  const latest = new Map(found.map((ticket) => [ticket.conversationId, ticket]));

  const opened: { ticketId: string; message: IncomingMessage }[] = [];
  const reopened: { ticket: FoundTicket; message: IncomingMessage }[] = [];
  const ticketOf = new Map<string, string>();
  for (const [conversationId, list] of ofConversation) {
    const ticket = latest.get(conversationId);
    const opening = list.find((message) => message.part.opensTicket);
    let ticketId = ticket?.id;
    if (opening) {
      switch (decideTicket(ticket, opening.part.occurredAt, opening.inbox.reopenWindowMinutes)) {
        case "keep":
          break;
        case "reopen":
          if (ticket) reopened.push({ ticket, message: opening });
          break;
        case "open":
          ticketId = newId();
          opened.push({ ticketId, message: opening });
          break;
      }
    }
    if (ticketId === undefined) continue;
    for (const message of list) ticketOf.set(message.id, ticketId);
  }

  await insertTickets(sql, opened, at);
  if (reopened.length > 0) {
    await sql.run(REOPEN_TICKETS, [reopened.map((r) => r.ticket.tenantId), reopened.map((r) => r.ticket.id), at]);
  }
  return { ticketOf, events: [...opened.map(openedEvent), ...reopened.map(reopenedEvent)] };
}

async function insertTickets(
  sql: Sql,
  opened: readonly { ticketId: string; message: IncomingMessage }[],
  at: Date,
): Promise<void> {
  if (opened.length === 0) return;
  const counts = new Map<string, number>();
  for (const { message } of opened) counts.set(message.inbox.tenantId, (counts.get(message.inbox.tenantId) ?? 0) + 1);
  await sql.run(LOCK_TENANTS, [[...counts.keys()]]);
  const drawn = await sql.rows(DRAW_NUMBERS, [[...counts.keys()], [...counts.values()]]);
  const next = new Map(drawn.map(({ tenantId, last }) => [tenantId, Number(last) - (counts.get(tenantId) ?? 0) + 1]));

  const numbers = opened.map(({ message }) => {
    const number = next.get(message.inbox.tenantId);
    if (number === undefined) throw new Error(`tenant ${message.inbox.tenantId} has no ticket counter`);
    next.set(message.inbox.tenantId, number + 1);
    return number;
  });
  const column = <T>(of: (message: IncomingMessage) => T): T[] => opened.map(({ message }) => of(message));
  await sql.run(INSERT_TICKETS, [
    column((message) => message.inbox.tenantId),
    opened.map(({ ticketId }) => ticketId),
    numbers,
    column((message) => message.conversation.id),
    column((message) => message.contact.id),
    column((message) => message.inbox.id),
    column((message): Channel => message.inbox.channel),
    column((message) => message.part.content.text?.slice(0, SUBJECT_LENGTH) ?? null),
    at,
  ]);
}

function openedEvent({ ticketId, message }: { ticketId: string; message: IncomingMessage }): NewEvent {
  return { ...subjects(message), type: "TICKET_OPENED", ticketId };
}

function reopenedEvent({ ticket, message }: { ticket: FoundTicket; message: IncomingMessage }): NewEvent {
  return {
    ...subjects(message),
    type: "STATUS_CHANGED",
    ticketId: ticket.id,
    data: { from: ticket.status.toLowerCase(), to: "open", because: "customer_wrote" },
  };
}

function subjects(message: IncomingMessage): Omit<NewEvent, "type"> {
  return {
    tenantId: message.inbox.tenantId,
    actorType: "CUSTOMER",
    contactId: message.contact.id,
    conversationId: message.conversation.id,
    messageId: message.id,
  };
}
