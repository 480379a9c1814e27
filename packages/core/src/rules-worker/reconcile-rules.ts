import { statement, type Sql } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import type { EventKey } from "../rule-events/index.ts";
import { RULE_EVENT_TYPES, rulesSubscription } from "../rules-queue/index.ts";

interface Checked extends EventKey {
  txid: string;
  createdAt: Date;
  isHandled: boolean;
}

/** So much of a tenant's log at a time. */
const PAGE = 250;
/** After so long an event that cannot be handled holds the check of its tenant up no more. */
const GIVE_UP_MS = 3_600_000;
const MINUTE_MS = 60_000;

// ai_rule_progress_pkey, event_tenant_id_txid_seq_idx, ai_handled_event_pkey. What is not committed yet, or may come before
// it, is not looked at, nor is what comes behind the first event of a tenant that may still be on its way.
const READ_UNCHECKED = statement<Checked>(
  "rule_events_unchecked",
  `select p.tenant_id as "tenantId", e.txid::text as txid, e.seq::text as seq, e.created_at as "createdAt",
          h.event_seq is not null as "isHandled"
     from ai_rule_progress p
    cross join lateral (
      select e.txid, e.seq, e.created_at, bool_or(e.created_at >= $3) over (order by e.txid, e.seq) as is_recent
        from (select e.txid, e.seq, e.created_at
                from event e
               where e.tenant_id = p.tenant_id and (e.txid, e.seq) > (p.txid, p.seq) and e.type = any($1::text[])
                 and e.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
               order by e.txid, e.seq
               limit $2) e
    ) e
     left join ai_handled_event h on h.tenant_id = p.tenant_id and h.event_seq = e.seq
    where not e.is_recent
    order by p.tenant_id, e.txid, e.seq`,
);
// ai_rule_progress_pkey
const ADVANCE = statement(
  "rule_progress_advance",
  `update ai_rule_progress p set txid = k.txid, seq = k.seq
     from (select * from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as k (tenant_id, txid, seq) order by tenant_id) k
    where p.tenant_id = k.tenant_id and (p.txid, p.seq) < (k.txid, k.seq)`,
);
// ai_handled_event_pkey
const FORGET_HANDLED = statement(
  "rule_events_forget_handled",
  `delete from ai_handled_event h
    using unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
    where h.tenant_id = k.tenant_id and h.event_seq = k.seq`,
);

/**
 * Follows the log, `strandedMs` behind, and brings to the rules what should have been and was not, because its job was lost
 * with Redis or has failed; again and again until it is handled, or too old. Tells how many events that were. Several processes may do so.
 */
export async function reconcileRules(ctx: SystemContext, strandedMs: number): Promise<number> {
  let brought = 0;
  for (;;) {
    const recent = new Date(ctx.clock.now().getTime() - strandedMs);
    const due = await ctx.database.system.rows(READ_UNCHECKED, [RULE_EVENT_TYPES, PAGE, recent]);
    if (due.length === 0) return brought;
    const { lost, isAll } = await ctx.database.system.transaction((sql) => check(ctx, sql, due));
    brought += lost;
    if (isAll) return brought;
  }
}

async function check(ctx: SystemContext, sql: Sql, due: readonly Checked[]): Promise<{ lost: number; isAll: boolean }> {
  const lost = await heard(
    sql,
    due.filter(({ isHandled }) => !isHandled),
  );
  const giveUpBefore = new Date(ctx.clock.now().getTime() - GIVE_UP_MS);
  const passed = untilFirst(due, lost, giveUpBefore);
  for (const { tenantId, seq } of lost.filter(({ createdAt }) => createdAt < giveUpBefore)) {
    ctx.logger.error({ tenantId, seq }, "rules could not be asked about an event for an hour; it is given up");
  }
  const last = new Map(passed.map((event) => [event.tenantId, event]));
  await sql.run(ADVANCE, [
    [...last.keys()],
    [...last.values()].map(({ txid }) => txid),
    [...last.values()].map(({ seq }) => seq),
  ]);
  const handled = passed.filter(({ isHandled }) => isHandled);
  await sql.run(FORGET_HANDLED, [handled.map(({ tenantId }) => tenantId), handled.map(({ seq }) => seq)]);
  // A job that is still waiting is not doubled within its minute.
  const again = Math.floor(ctx.clock.now().getTime() / MINUTE_MS);
  const rows = [...Map.groupBy(lost, ({ tenantId }) => tenantId)].map(([tenantId, events]) =>
    outboxRow(rulesSubscription.queue, "handle_events", {
      events: [{ tenantId, seqs: events.map(({ seq }) => seq) }],
      again,
    }),
  );
  await ctx.outbox.enqueueSql(sql, rows);
  const pages = Map.groupBy(passed, ({ tenantId }) => tenantId);
  return { lost: lost.length, isAll: [...pages.values()].every((page) => page.length < PAGE) };
}

/** Of each tenant what comes before the first event that is lost and not yet given up. */
function untilFirst(due: readonly Checked[], lost: readonly Checked[], giveUpBefore: Date): Checked[] {
  const awaited = new Set(lost.filter(({ createdAt }) => createdAt >= giveUpBefore));
  const stopped = new Set<string>();
  return due.filter((event) => {
    if (awaited.has(event)) stopped.add(event.tenantId);
    return !stopped.has(event.tenantId);
  });
}

/** Of tenants that want to hear of events: others have no rules by now, or had none. */
async function heard(sql: Sql, events: readonly Checked[]): Promise<Checked[]> {
  const { tenants } = rulesSubscription;
  if (events.length === 0 || !tenants) return [...events];
  const wanted = await sql.rows(tenants, [[...new Set(events.map(({ tenantId }) => tenantId))]]);
  const ids = new Set(wanted.map(({ tenantId }) => tenantId));
  return events.filter(({ tenantId }) => ids.has(tenantId));
}
