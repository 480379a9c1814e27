import { statement, type Sql } from "@parley/db";
import { ownTime } from "../context/index.ts";
import type { TicketKey } from "../sla-clocks/index.ts";
import { judgeTickets, type SlaContext } from "./judge-tickets.ts";

/** Timers of one transaction: their conversations are held until its end, and whoever writes there waits for it. */
const BATCH = 400;
/** Batches of one run. More of them is another run's: what is stuck, if anything ever is, must not keep one for ever. */
const MAX_BATCHES = 500;

// sla_timer_due_idx, sla_ticket_pkey. What others fire, or judge, at the moment is theirs; the tickets behind it are taken.
// The time is asked for in a query of its own: it is the same for all rows then, and the index can be searched for it.
const CLAIM_DUE = statement<TicketKey & { conversationId: string }>(
  "sla_timers_claim_due",
  `select s.tenant_id as "tenantId", s.ticket_id as "ticketId", s.conversation_id as "conversationId"
     from sla_timer m
     join sla_ticket s on s.tenant_id = m.tenant_id and s.ticket_id = m.ticket_id
    where m.due_at < (select coalesce($1::timestamptz, clock_timestamp()))
    order by m.due_at
    limit $2
      for no key update of s skip locked`,
);

// conversation_pkey. Whoever writes in a conversation, or changes its ticket, holds its lock until what they say is in the
// log. So of one that is free, everything is there, and it stays free until we have decided. We wait for nobody, because we
// hold what others may wait for.
const HOLD_CONVERSATIONS = statement<{ id: string }>(
  "sla_conversations_hold",
  `select c.id
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join conversation c on c.tenant_id = k.tenant_id and c.id = k.id
      for share of c skip locked`,
);

export interface Fired {
  /** How many tickets had something due. */
  count: number;
  /** Somebody was about to write about one of them: they are to be asked for again, soon. */
  isBusy: boolean;
}

/**
 * Fires everything that is due, a batch in a transaction at a time. Several may do so at once: a timer is claimed with its
 * row's lock, and what it says then follows from the log, so it fires once.
 */
export async function fireDue(ctx: SlaContext): Promise<Fired> {
  const all: Fired = { count: 0, isBusy: false };
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const fired = await ctx.database.system.transaction((sql) => fireBatch(ctx, sql));
    all.count += fired.count;
    all.isBusy ||= fired.isBusy;
    if (fired.count === 0) return all;
  }
  return all;
}

async function fireBatch(ctx: SlaContext, sql: Sql): Promise<Fired> {
  const rows = await sql.rows(CLAIM_DUE, [ownTime(ctx.clock), BATCH]);
  const claimed = [...new Map(rows.map((row) => [row.ticketId, row])).values()];
  if (claimed.length === 0) return { count: 0, isBusy: false };
  const held = await sql.rows(HOLD_CONVERSATIONS, [
    claimed.map(({ tenantId }) => tenantId),
    claimed.map(({ conversationId }) => conversationId),
  ]);
  const free = new Set(held.map(({ id }) => id));
  const tickets = claimed.filter(({ conversationId }) => free.has(conversationId));
  if (tickets.length > 0) await judgeTickets(ctx, sql, tickets, new Set(tickets.map(({ ticketId }) => ticketId)));
  return { count: tickets.length, isBusy: tickets.length < claimed.length };
}
