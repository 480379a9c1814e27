import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { withCounts } from "./count-subjects.ts";
import { recordTickets } from "./record-tickets.ts";
import { HOLD_REPORTS } from "./report-progress.ts";

/** It reads all that a tenant has. */
export const PREPARE_REBUILD = statement<object>(
  "reports_rebuild_prepare",
  `select set_config('statement_timeout', '0', true), set_config('enable_hashjoin', 'on', true),
          set_config('work_mem', '128MB', true)`,
);

/** Messages, conversations or tickets of a step. */
const CHUNK = 5_000;

const FORGET = ["report_subject", "report_day", "report_hour", "report_zone", "ticket_fact", "ticket_span"].map(
  (table) => statement(`${table}_forget`, `delete from ${table} where tenant_id = $1`),
);

interface Step {
  count: number;
  lastId: string | null;
}

const LAST = `select count(*)::int as count, (select id from chunk order by id desc limit 1) as "lastId" from chunk`;

// message_pkey
const COUNT_MESSAGES = statement<Step>(
  "reports_count_messages",
  `with chunk as materialized (
     select tenant_id, id from message
      where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${CHUNK}
   ), messages as (select * from chunk), conversations as (select * from chunk where false), ${withCounts()}
   ${LAST}`,
);

// conversation_pkey
const COUNT_CONVERSATIONS = statement<Step>(
  "reports_count_conversations",
  `with chunk as materialized (
     select tenant_id, id from conversation
      where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${CHUNK}
   ), messages as (select * from chunk where false), conversations as (select * from chunk), ${withCounts()}
   ${LAST}`,
);

// ticket_pkey
const FIND_TICKETS = statement<{ id: string }>(
  "reports_find_tickets",
  `select id from ticket where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${CHUNK}`,
);

/**
 * Computes all that reports of a tenant are read from anew, from its messages, conversations and logs of tickets, in the place of
 * what is there. Whoever follows the log waits; readers see the old until the new is there.
 */
export async function rebuildReports(ctx: SystemContext, tenantId: string): Promise<void> {
  await ctx.database.system.transaction(async (sql) => {
    await sql.rows(PREPARE_REBUILD, []);
    await sql.rows(HOLD_REPORTS, []);
    for (const forget of FORGET) await sql.run(forget, [tenantId]);
    for (const count of [COUNT_MESSAGES, COUNT_CONVERSATIONS]) {
      await step(async (after) => {
        const [counted] = await sql.rows(count, [tenantId, after]);
        return counted ?? { count: 0, lastId: null };
      });
    }
    await step((after) => recordStep(sql, tenantId, after));
  });
}

async function recordStep(sql: Sql, tenantId: string, after: string | null): Promise<Step> {
  const found = await sql.rows(FIND_TICKETS, [tenantId, after]);
  await recordTickets(
    sql,
    found.map(({ id: ticketId }) => ({ tenantId, ticketId })),
  );
  return { count: found.length, lastId: found.at(-1)?.id ?? null };
}

async function step(take: (after: string | null) => Promise<Step>): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const { count, lastId }: Step = await take(after);
    if (count < CHUNK) return;
    after = lastId;
  }
}
