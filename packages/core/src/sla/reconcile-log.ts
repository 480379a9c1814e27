import { statement, type Sql } from "@parley/db";
import { ownTime } from "../context/index.ts";
import { CLOCK_EVENT_TYPES, type TicketKey } from "../sla-clocks/index.ts";
import { judgeInChunks } from "./handle-events.ts";
import type { SlaContext } from "./judge-tickets.ts";

/** Events of a tenant at a time. */
const PAGE = 500;
/** Younger ones are on their way, by their jobs. */
const STRANDED_MS = 5_000;

interface Unchecked extends TicketKey {
  txid: string;
  seq: string;
  isYoung: boolean;
  isSeen: boolean;
}

// sla_rulebook_pkey, sla_progress_pkey, event_tenant_id_txid_seq_idx, sla_ticket_pkey. What is not committed yet, or may come
// before it, is not looked at. Whoever promises nothing any more is not followed.
const READ_UNCHECKED = statement<Unchecked>(
  "sla_events_unchecked",
  `select p.tenant_id as "tenantId", e.ticket_id as "ticketId", e.txid::text as txid, e.seq::text as seq,
          e.created_at >= coalesce($2::timestamptz, clock_timestamp()) - $3 * interval '1 millisecond' as "isYoung",
          not b.is_followed
            or s.seen is not null and pg_visible_in_snapshot(e.txid::text::xid8, s.seen::pg_snapshot) as "isSeen"
     from sla_progress p
     join sla_rulebook b using (tenant_id)
    cross join lateral (
      select e.txid, e.seq, e.ticket_id, e.created_at
        from event e
       where e.tenant_id = p.tenant_id and (e.txid, e.seq) > (p.txid, p.seq)
         and e.type = any($1::text[]) and e.ticket_id is not null
         and e.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       order by e.txid, e.seq
       limit $4
    ) e
     left join sla_ticket s on s.tenant_id = p.tenant_id and s.ticket_id = e.ticket_id
    order by p.tenant_id, e.txid, e.seq`,
);
// sla_progress_pkey
const ADVANCE = statement(
  "sla_progress_advance",
  `update sla_progress p set txid = k.txid, seq = k.seq
     from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as k (tenant_id, txid, seq)
    where p.tenant_id = k.tenant_id and (p.txid, p.seq) < (k.txid, k.seq)`,
);

/**
 * Follows the log and judges tickets whose events nobody has judged, because their job was lost with Redis. Tells how many
 * tickets that were. Several processes may do so.
 */
export async function reconcileLog(ctx: SlaContext): Promise<number> {
  let judged = 0;
  for (;;) {
    const { system } = ctx.database;
    const unchecked = await system.rows(READ_UNCHECKED, [CLOCK_EVENT_TYPES, ownTime(ctx.clock), STRANDED_MS, PAGE]);
    const events = untilYoung(unchecked);
    const lost = new Map(
      events.filter(({ isSeen }) => !isSeen).map(({ tenantId, ticketId }) => [ticketId, { tenantId, ticketId }]),
    );
    await judgeInChunks(ctx, [...lost.values()]);
    judged += lost.size;
    if (!(await advanceBehind(system, events))) return judged;
  }
}

/** Of each tenant what comes before the first that may still be on its way. */
function untilYoung(events: readonly Unchecked[]): Unchecked[] {
  const stopped = new Set<string>();
  return events.filter(({ tenantId, isYoung }) => {
    if (isYoung) stopped.add(tenantId);
    return !stopped.has(tenantId);
  });
}

/** Whether a tenant may have more. */
async function advanceBehind(sql: Sql, events: readonly Unchecked[]): Promise<boolean> {
  const pages = [...Map.groupBy(events, ({ tenantId }) => tenantId).values()];
  const last = pages.flatMap((page) => page.at(-1) ?? []);
  if (last.length === 0) return false;
  await sql.run(ADVANCE, [
    last.map(({ tenantId }) => tenantId),
    last.map(({ txid }) => txid),
    last.map(({ seq }) => seq),
  ]);
  return pages.some((page) => page.length === PAGE);
}
