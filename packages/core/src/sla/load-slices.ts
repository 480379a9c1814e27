import { statement } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { ownTime } from "../context/index.ts";
import { SLICE_MS, slaTimerQueue } from "../sla-clocks/index.ts";
import type { SlaContext } from "./judge-tickets.ts";
import { HORIZON_MS } from "./write-verdicts.ts";

// sla_timer_due_idx, by which nothing but the index is read. The slice that a time is in, by its end.
const FIND_SLICES = statement<{ at: string; until: Date }>(
  "sla_slices_find",
  `with horizon as (
     select greatest($2::timestamptz, coalesce($1::timestamptz, clock_timestamp())) as since,
            coalesce($1::timestamptz, clock_timestamp()) + $3 * interval '1 millisecond' as until
   )
   select distinct ((floor(extract(epoch from m.due_at) * 1000 / $4) + 1) * $4)::bigint::text as at, h.until
     from horizon h
     join sla_timer m on m.due_at >= h.since and m.due_at < h.until`,
);

/**
 * Returns a task to be run again and again. It puts on the queue the slices of time, within the horizon, in which something
 * comes due, and tells how many. Several processes may do so: a slice has one job.
 */
export function createSliceLoader(ctx: SlaContext): () => Promise<number> {
  let loadedUntil = new Date(0);

  return async () => {
    const slices = await ctx.database.system.rows(FIND_SLICES, [ownTime(ctx.clock), loadedUntil, HORIZON_MS, SLICE_MS]);
    const [first] = slices;
    if (!first) return 0;
    const rows = slices.map(({ at }) => outboxRow(slaTimerQueue, "fire_slice", { at: Number(at) }));
    await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
    loadedUntil = first.until;
    return rows.length;
  };
}
