import { statement, type Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import type { FoundTicket } from "./find-latest-tickets.ts";
import type { IncomingMessage } from "./incoming-message.ts";

/** A ticket and the message of the customer because of which it is worked on again. */
export interface TakenUp {
  ticket: FoundTicket;
  message: IncomingMessage;
}

// ticket_pkey
const HOLD = statement(
  "ticket_hold",
  `select from ticket t
     join unnest($1::uuid[], $2::uuid[]) as h (tenant_id, id) using (tenant_id, id)
    order by t.id
      for no key update of t`,
);

// Who has a ticket that goes on is not asked how it went, and answers no more: timer_pkey, satisfaction_survey_pkey.
const REOPEN = statement(
  "ticket_reopen",
  `with reopened as (
     update ticket t
        set status = 'OPEN', resolved_at = null, reopened_count = t.reopened_count + 1, assignee_id = r.assignee_id,
            updated_at = $4, version = t.version + 1
       from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as r (tenant_id, id, assignee_id)
      where t.tenant_id = r.tenant_id and t.id = r.id and t.status in ('RESOLVED', 'CLOSED')
     returning t.tenant_id, t.id
   ),
   expired as (
     update satisfaction_survey s set state = 'EXPIRED'
       from reopened r where s.tenant_id = r.tenant_id and s.ticket_id = r.id and s.state = 'ASKED'
   )
   delete from timer t using reopened r
    where t.tenant_id = r.tenant_id and t.kind in ('ask_survey', 'expire_survey') and t.subject_id = r.id`,
);

// The condition is asked again of what another worker has woken meanwhile, through a conversation that was merged.
const WAKE = statement<{ id: string }>(
  "ticket_take_up",
  `update ticket t
      set status = case when t.status in ('PENDING', 'WAITING_CUSTOMER') then 'OPEN' else t.status end,
          snoozed_at = null, snoozed_until = null, updated_at = $3, version = t.version + 1
     from unnest($1::uuid[], $2::uuid[]) as w (tenant_id, id)
    where t.tenant_id = w.tenant_id and t.id = w.id
      and (t.status in ('PENDING', 'WAITING_CUSTOMER') or t.snoozed_at is not null)
   returning t.id`,
);

// Of tickets that were written to through another conversation, whose own the caller has not locked. Whoever has it does
// not see what is new there, or shows the ticket in it by themselves; waiting for them could be a deadlock.
const OPEN_CONVERSATIONS = statement(
  "conversation_open_of_ticket",
  `with free as (
     select c.tenant_id, c.id
       from unnest($1::uuid[], $2::uuid[]) as o (tenant_id, id)
       join conversation c using (tenant_id, id)
      where c.status <> 'OPEN'
      order by c.id
        for no key update of c skip locked
   )
   update conversation c set status = 'OPEN', version = c.version + 1
     from free where c.tenant_id = free.tenant_id and c.id = free.id`,
);

const CANCEL_TIMERS = statement(
  "ticket_cancel_wake_timers",
  `delete from timer t using unnest($1::uuid[], $2::uuid[]) as w (tenant_id, id)
    where t.tenant_id = w.tenant_id and t.kind = 'wake_ticket' and t.subject_id = w.id`,
);

/**
 * Locks all the tickets that a batch takes up, in the order of ids: reopening and waking are statements of their own,
 * and another batch may have the same tickets, through conversations that were merged.
 */
export async function holdTickets(sql: Sql, tickets: readonly FoundTicket[]): Promise<void> {
  if (tickets.length === 0) return;
  await sql.run(HOLD, [tickets.map(({ tenantId }) => tenantId), tickets.map(({ id }) => id)]);
}

/**
 * What had ended is open again, and is nobody's if `isAway` says so of its assignee: who is offline does not notice.
 * The caller keeps the conversations in step.
 */
export async function reopenTickets(
  sql: Sql,
  reopened: readonly TakenUp[],
  isAway: (ticket: { tenantId: string; assigneeId: string | null }) => boolean,
  at: Date,
): Promise<NewEvent[]> {
  if (reopened.length === 0) return [];
  await sql.run(REOPEN, [
    reopened.map(({ ticket }) => ticket.tenantId),
    reopened.map(({ ticket }) => ticket.id),
    reopened.map(({ ticket }) => (isAway(ticket) ? null : ticket.assigneeId)),
    at,
  ]);
  return reopened.flatMap((taken) => [statusEvent(taken), ...(isAway(taken.ticket) ? [releasedEvent(taken)] : [])]);
}

/** What waited for the customer is open again, and what was put aside comes back. Each ticket is given once. */
export async function wakeTickets(sql: Sql, taken: readonly TakenUp[], at: Date): Promise<NewEvent[]> {
  if (taken.length === 0) return [];
  const awake = await sql.rows(WAKE, [
    taken.map(({ ticket }) => ticket.tenantId),
    taken.map(({ ticket }) => ticket.id),
    at,
  ]);
  const changed = new Set(awake.map(({ id }) => id));
  const woken = taken.filter(({ ticket }) => changed.has(ticket.id));
  const snoozed = woken.filter(({ ticket }) => ticket.isSnoozed);
  if (snoozed.length > 0) {
    await sql.run(CANCEL_TIMERS, [
      snoozed.map(({ ticket }) => ticket.tenantId),
      snoozed.map(({ ticket }) => ticket.id),
    ]);
  }
  await openOtherConversations(sql, woken);
  return woken.flatMap((each) => [
    ...(isWaiting(each.ticket) ? [statusEvent(each)] : []),
    ...(each.ticket.isSnoozed ? [wokenEvent(each)] : []),
  ]);
}

/** The one that the customer wrote in is opened by the message; the ticket's own may be another. */
async function openOtherConversations(sql: Sql, woken: readonly TakenUp[]): Promise<void> {
  const others = woken.flatMap(({ ticket, message }) => {
    const { tenantId, ofConversationId: id } = ticket;
    return isWaiting(ticket) && id !== undefined && id !== message.conversation.id ? [{ tenantId, id }] : [];
  });
  if (others.length === 0) return;
  await sql.run(OPEN_CONVERSATIONS, [others.map(({ tenantId }) => tenantId), others.map(({ id }) => id)]);
}

/** Whether a message of the customer changes anything about a ticket that is being worked on. */
export function isPutAside(ticket: FoundTicket): boolean {
  return isWaiting(ticket) || ticket.isSnoozed;
}

function isWaiting({ status }: FoundTicket): boolean {
  return status === "PENDING" || status === "WAITING_CUSTOMER";
}

const because = "customer_wrote";

function statusEvent({ ticket, message }: TakenUp): NewEvent {
  const data = { from: ticket.status.toLowerCase(), to: "open", because };
  return { ...subjectsOfMessage(message), type: "STATUS_CHANGED", ticketId: ticket.id, data };
}

function wokenEvent({ ticket, message }: TakenUp): NewEvent {
  return { ...subjectsOfMessage(message), type: "TICKET_WOKEN", ticketId: ticket.id, data: { because } };
}

function releasedEvent({ ticket, message }: TakenUp): NewEvent {
  const { assigneeId, teamId } = ticket;
  return {
    ...subjectsOfMessage(message),
    actorType: "SYSTEM",
    type: "ASSIGNMENT_CHANGED",
    ticketId: ticket.id,
    data: { from: { userId: assigneeId, teamId }, to: { userId: null, teamId }, because: "assignee_offline" },
  };
}

/** What an event is about that a customer's message causes. */
export function subjectsOfMessage(message: IncomingMessage): Omit<NewEvent, "type"> {
  return {
    tenantId: message.inbox.tenantId,
    actorType: "CUSTOMER",
    contactId: message.contact.id,
    conversationId: message.conversation.id,
    messageId: message.id,
  };
}
