import { statement, together, type Sql } from "@parley/db";
import { ownTime, type SystemContext } from "../context/index.ts";
import {
  foldTicket,
  readTicketLogs,
  type FullTicketLog,
  type RuleBooks,
  type TicketClocks,
  type TicketKey,
} from "../sla-clocks/index.ts";
import { readTimers } from "./stored-timers.ts";
import type { TimerRow } from "./timer-row.ts";
import { weighTicket, type Verdict } from "./weigh-ticket.ts";
import { writeVerdicts } from "./write-verdicts.ts";

/** A context that remembers what tickets are judged by. */
export interface SlaContext extends SystemContext {
  books: RuleBooks;
}

/** A ticket with what follows from its log, and what was stored about it. */
export interface JudgedTicket {
  log: FullTicketLog;
  clocks: TicketClocks;
  stored: readonly TimerRow[];
  verdict: Verdict;
}

// sla_ticket_pkey. What is new is of a ticket that is there.
const FILE = statement(
  "sla_tickets_file",
  `insert into sla_ticket (tenant_id, ticket_id, conversation_id)
   select t.tenant_id, t.id, t.conversation_id
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join ticket t on t.tenant_id = k.tenant_id and t.id = k.id
    order by t.tenant_id, t.id
       on conflict (tenant_id, ticket_id) do nothing`,
);
// sla_ticket_pkey
const LOCK = statement<TicketKey>(
  "sla_tickets_lock",
  `select s.tenant_id as "tenantId", s.ticket_id as "ticketId"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, ticket_id)
     join sla_ticket s using (tenant_id, ticket_id)
    order by s.tenant_id, s.ticket_id
      for no key update of s`,
);

// Before the logs are read: so what is visible in it has been read, and what was written until now is there to be read.
const LOOK = statement<{ now: Date; seen: string }>(
  "sla_look",
  `select coalesce($1::timestamptz, clock_timestamp()) as now, pg_current_snapshot()::text as seen`,
);

// sla_ticket_pkey
const SET_ASIDE = statement(
  "sla_tickets_set_aside",
  `update sla_ticket s set failed_at = $3
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, ticket_id)
    where s.tenant_id = k.tenant_id and s.ticket_id = k.ticket_id`,
);

/** Locks these tickets, in one order, for whoever judges them. A ticket that there is none of is left out. */
export async function lockForJudging(sql: Sql, keys: readonly TicketKey[]): Promise<TicketKey[]> {
  const columns = [keys.map(({ tenantId }) => tenantId), keys.map(({ ticketId }) => ticketId)];
  const [, locked] = await together([sql.run(FILE, columns), sql.rows(LOCK, columns)]);
  return locked;
}

/**
 * Brings what is stored about these tickets, which the caller has locked, in line with their logs, and tells what is new.
 * `decides` are those, by their ids, whose logs nobody can add to meanwhile: only of these is said what nothing but the time
 * says. May be called at any time, and again: what was told is not told twice. A ticket whose log cannot be understood is
 * set aside, because it would hold up all others, again and again.
 */
export async function judgeTickets(
  ctx: SlaContext,
  sql: Sql,
  keys: readonly TicketKey[],
  decides: ReadonlySet<string> = new Set(),
): Promise<void> {
  const revisionsOf = await ctx.books.hold(
    sql,
    keys.map(({ tenantId }) => tenantId),
  );
  const [[look], timers, logs] = await together([
    sql.rows(LOOK, [ownTime(ctx.clock)]),
    readTimers(sql, keys),
    readTicketLogs(sql, keys),
  ]);
  if (!look) throw new Error("the database does not tell the time");
  const now = look.now.getTime();
  const failed: TicketKey[] = [];
  const judged = keys.flatMap(({ tenantId, ticketId }): JudgedTicket[] => {
    const log = logs.get(ticketId);
    if (!log) return [];
    try {
      const clocks = foldTicket(log, revisionsOf(tenantId));
      const stored = timers.get(ticketId) ?? [];
      return [{ log, clocks, stored, verdict: weighTicket(clocks, stored, { now, decides: decides.has(ticketId) }) }];
    } catch (error) {
      ctx.logger.error({ err: error, tenantId, ticketId }, "a ticket cannot be judged, and is set aside");
      failed.push({ tenantId, ticketId });
      return [];
    }
  });
  await writeVerdicts(ctx, sql, judged, look);
  if (failed.length > 0) {
    await sql.run(SET_ASIDE, [
      failed.map(({ tenantId }) => tenantId),
      failed.map(({ ticketId }) => ticketId),
      look.now,
    ]);
  }
}
