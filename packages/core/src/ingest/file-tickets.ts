import { statement, type Channel, type Sql } from "@parley/db";
import { newId } from "@parley/runtime";
import type { NewEvent } from "../events/index.ts";
import { decideTicket } from "./decide-ticket.ts";
import { findLatestTickets, type FoundTicket } from "./find-latest-tickets.ts";
import { findQuotedTickets } from "./find-quoted-tickets.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import {
  holdTickets,
  isPutAside,
  reopenTickets,
  subjectsOfMessage,
  wakeTickets,
  type TakenUp,
} from "./take-up-tickets.ts";

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
  `insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, subject, assignee_id, team_id,
                       created_at, updated_at)
   select *, $11, $11
     from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::channel[], $8::text[],
                 $9::uuid[], $10::uuid[])`,
);

// membership_pkey
const FIND_OFFLINE = statement<{ tenantId: string; userId: string }>(
  "ticket_find_offline",
  `select m.tenant_id as "tenantId", m.user_id as "userId"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, user_id)
     join membership m using (tenant_id, user_id)
    where m.availability = 'OFFLINE'`,
);

const FOLLOW_TICKETS = statement(
  "conversation_follow_ticket",
  `update conversation c
      set assignee_id = f.assignee_id, team_id = f.team_id
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as f (tenant_id, id, assignee_id, team_id)
    where c.tenant_id = f.tenant_id and c.id = f.id`,
);

const SUBJECT_LENGTH = 120;

export interface FiledTickets {
  /** The ticket of each message by message id; none for an echo or a reaction where there never was one. */
  ticketOf: ReadonlyMap<string, string>;
  events: NewEvent[];
}

/**
 * Gives every message its ticket, opening, reopening and waking as `decideTicket` says. The caller holds the locks of
 * the conversations, which makes the decision safe against other workers; a partial unique index guards it.
 */
export async function fileTickets(sql: Sql, messages: readonly IncomingMessage[], at: Date): Promise<FiledTickets> {
  const quoted = await findQuotedTickets(sql, messages);
  const ofConversation = Map.groupBy(
    messages.filter(({ id }) => !quoted.has(id)),
    (message) => message.conversation.id,
  );
  const latest = await findLatestTickets(
    sql,
    [...ofConversation.values()].flatMap((list) => list[0]?.conversation ?? []),
    [...quoted.values()],
  );

  const opened: OpenedTicket[] = [];
  const reopened: TakenUp[] = [];
  const woken = new Map<string, TakenUp>();
  const ticketOf = new Map<string, string>();
  const keep = (ticket: FoundTicket, message: IncomingMessage): void => {
    // Several conversations may have one ticket.
    if (isPutAside(ticket) && !woken.has(ticket.id)) woken.set(ticket.id, { ticket, message });
  };
  for (const message of messages) {
    const ticket = quoted.get(message.id);
    if (!ticket) continue;
    ticketOf.set(message.id, ticket.id);
    if (message.part.opensTicket) keep(ticket, message);
  }
  for (const [conversationId, list] of ofConversation) {
    const ticket = latest.get(conversationId);
    const opening = list.find((message) => message.part.opensTicket);
    let ticketId = ticket?.id;
    if (opening) {
      switch (decideTicket(ticket, opening.part.occurredAt, opening.inbox.reopenWindowMinutes)) {
        case "keep":
          if (ticket) keep(ticket, opening);
          break;
        case "reopen":
          if (ticket) reopened.push({ ticket, message: opening });
          break;
        case "open":
          ticketId = newId();
          opened.push({ ticketId, message: opening, ...holderOf(opening) });
          break;
      }
    }
    if (ticketId === undefined) continue;
    for (const message of list) ticketOf.set(message.id, ticketId);
  }

  const isAway = await findAway(sql, [...opened, ...reopened.map(({ ticket }) => ticket)]);
  const given = opened.map((ticket) => (isAway(ticket) ? { ...ticket, assigneeId: null } : ticket));
  // Tickets are locked before tenants' counters.
  await holdTickets(
    sql,
    [...reopened, ...woken.values()].map(({ ticket }) => ticket),
  );
  const takenUp = [
    ...(await reopenTickets(sql, reopened, isAway, at)),
    ...(await wakeTickets(sql, [...woken.values()], at)),
  ];
  await insertTickets(sql, given, at);
  await keepInStep(sql, [
    ...given,
    ...reopened.map(({ ticket, message }) => ({
      message,
      assigneeId: isAway(ticket) ? null : ticket.assigneeId,
      teamId: ticket.teamId,
    })),
  ]);
  return { ticketOf, events: [...given.map(openedEvent), ...takenUp] };
}

interface Holder {
  assigneeId: string | null;
  teamId: string | null;
}

interface OpenedTicket extends Holder {
  tenantId: string;
  ticketId: string;
  message: IncomingMessage;
}

/** A new ticket goes to whoever has the conversation, unless that was resolved. */
function holderOf({ conversation, inbox: { tenantId } }: IncomingMessage): Holder & { tenantId: string } {
  const { status, assigneeId, teamId } = conversation;
  return status === "RESOLVED" ? { tenantId, assigneeId: null, teamId: null } : { tenantId, assigneeId, teamId };
}

type IsAway = (held: { tenantId: string; assigneeId: string | null }) => boolean;

async function findAway(sql: Sql, held: readonly { tenantId: string; assigneeId: string | null }[]): Promise<IsAway> {
  const assigned = held.filter(({ assigneeId }) => assigneeId !== null);
  if (assigned.length === 0) return () => false;
  const rows = await sql.rows(FIND_OFFLINE, [
    assigned.map(({ tenantId }) => tenantId),
    assigned.map(({ assigneeId }) => assigneeId),
  ]);
  const away = new Set(rows.map(({ tenantId, userId }) => `${tenantId} ${userId}`));
  return ({ tenantId, assigneeId }) => away.has(`${tenantId} ${assigneeId}`);
}

/** A conversation shows who has the ticket that its new messages belong to. */
async function keepInStep(sql: Sql, taken: readonly (Holder & { message: IncomingMessage })[]): Promise<void> {
  const different = taken.filter(
    ({ assigneeId, teamId, message: { conversation } }) =>
      conversation.assigneeId !== assigneeId || conversation.teamId !== teamId,
  );
  if (different.length === 0) return;
  await sql.run(FOLLOW_TICKETS, [
    different.map(({ message }) => message.conversation.tenantId),
    different.map(({ message }) => message.conversation.id),
    different.map(({ assigneeId }) => assigneeId),
    different.map(({ teamId }) => teamId),
  ]);
}

async function insertTickets(sql: Sql, opened: readonly OpenedTicket[], at: Date): Promise<void> {
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
    opened.map(({ assigneeId }) => assigneeId),
    opened.map(({ teamId }) => teamId),
    at,
  ]);
}

function openedEvent({ ticketId, message, assigneeId, teamId }: OpenedTicket): NewEvent {
  const to = { userId: assigneeId, teamId };
  const isNobodys = assigneeId === null && teamId === null;
  return { ...subjectsOfMessage(message), type: "TICKET_OPENED", ticketId, ...(isNobodys ? {} : { data: { to } }) };
}
