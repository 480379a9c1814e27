import { statement, together, type Sql } from "@parley/db";
import { ownTime } from "../context/index.ts";
import type { TicketKey } from "../sla-clocks/index.ts";
import { judgeTickets, type SlaContext } from "./judge-tickets.ts";

/** Timers of one transaction: their conversations are held until its end, and whoever writes there waits for it. */
const BATCH = 400;
/** Batches of one run. More of them is another run's: what is stuck, if anything ever is, must not keep one for ever. */
const MAX_BATCHES = 500;
/** For so long a ticket is left alone that could not be judged, unless something happens to it. */
const SET_ASIDE_MS = 600_000;

// The time is asked for in a query of its own: it is the same for all rows then, and the index can be searched for it.
const NOW = "(select coalesce($1::timestamptz, clock_timestamp()))";
const DUE = `from sla_timer m
     join sla_ticket s on s.tenant_id = m.tenant_id and s.ticket_id = m.ticket_id
                      and (s.failed_at is null or s.failed_at < ${NOW} - interval '${SET_ASIDE_MS} milliseconds')`;

// sla_timer_due_idx, sla_ticket_pkey, conversation_pkey. What others fire, or judge, at the moment is theirs; the tickets
// behind it are taken. Whoever writes in a conversation, or changes its ticket, holds its lock until what they say is in the
// log. So of one that is free, everything is there, and it stays free until we have decided. We wait for nobody, because we
// hold what others may wait for.
const CLAIM_DUE = statement<TicketKey>(
  "sla_timers_claim_due",
  `select s.tenant_id as "tenantId", s.ticket_id as "ticketId"
     ${DUE}
     join conversation c on c.tenant_id = s.tenant_id and c.id = s.conversation_id
    where m.due_at < ${NOW} and s.ticket_id <> all($3::uuid[])
    order by m.due_at
    limit $2
      for no key update of s skip locked
      for share of c skip locked`,
);

const MERGED = `from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join ticket t on t.tenant_id = k.tenant_id and t.merged_into_id = k.id`;
// ticket_merged_idx, conversation_pkey. What is written in the conversations of tickets that were merged into one is its, too.
const HOLD_MERGED = statement<{ id: string }>(
  "sla_conversations_hold_merged",
  `select c.id
     ${MERGED}
     join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
      for share of c skip locked`,
);
// Asked under the lock of the ticket's own conversation, which whoever merges another into it needs.
const FIND_MERGED = statement<{ ticketId: string; conversationId: string }>(
  "sla_conversations_merged",
  `select k.id as "ticketId", t.conversation_id as "conversationId"
     ${MERGED}`,
);

// sla_timer_due_idx. What has been due for longer is asked for once a second, whatever becomes of the jobs: so they do not
// become ever more while somebody holds a conversation for long.
const IS_ANY_LEFT = statement<{ isLeft: boolean }>(
  "sla_timers_any_left",
  `select exists (select ${DUE} where m.due_at < ${NOW} and m.due_at >= ${NOW} - interval '1 second') as "isLeft"`,
);

export interface Fired {
  /** How many tickets had something due. */
  count: number;
  /** Something came due just now that others hold, such as whoever is about to write about it: it is to be asked for again. */
  isBusy: boolean;
}

/**
 * Fires everything that is due, a batch in a transaction at a time. Several may do so at once: a timer is claimed with its
 * row's lock, and what it says then follows from the log, so it fires once.
 */
export async function fireDue(ctx: SlaContext): Promise<Fired> {
  const { system } = ctx.database;
  const busy: string[] = [];
  let count = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const fired = await system.transaction((sql) => fireBatch(ctx, sql, busy));
    if (fired.length === 0) break;
    count += fired.filter(({ isFree }) => isFree).length;
    busy.push(...fired.flatMap(({ ticketId, isFree }) => (isFree ? [] : [ticketId])));
  }
  const [asked] = await system.rows(IS_ANY_LEFT, [ownTime(ctx.clock)]);
  return { count, isBusy: asked?.isLeft ?? false };
}

/** The tickets of the next batch, and which of them were free to be judged. Without those that were `busy` before. */
async function fireBatch(
  ctx: SlaContext,
  sql: Sql,
  busy: readonly string[],
): Promise<(TicketKey & { isFree: boolean })[]> {
  const rows = await sql.rows(CLAIM_DUE, [ownTime(ctx.clock), BATCH, busy]);
  const claimed = [...new Map(rows.map((row) => [row.ticketId, row])).values()];
  if (claimed.length === 0) return [];
  const columns = [claimed.map(({ tenantId }) => tenantId), claimed.map(({ ticketId }) => ticketId)];
  const [held, merged] = await together([sql.rows(HOLD_MERGED, columns), sql.rows(FIND_MERGED, columns)]);
  const ours = new Set(held.map(({ id }) => id));
  const blocked = new Set(
    merged.filter(({ conversationId }) => !ours.has(conversationId)).map(({ ticketId }) => ticketId),
  );
  const tickets = claimed.map((key) => ({ ...key, isFree: !blocked.has(key.ticketId) }));
  const free = tickets.filter(({ isFree }) => isFree);
  if (free.length > 0) await judgeTickets(ctx, sql, free, new Set(free.map(({ ticketId }) => ticketId)));
  return tickets;
}
