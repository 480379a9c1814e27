import { statement } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { RAW_EVENTS_OF_JOB, ingestQueue } from "../webhooks/index.ts";

// raw_webhook_event_pending_idx
const FIND_STRANDED = statement<{ id: string }>(
  "raw_event_find_stranded",
  `select id from raw_webhook_event where status = 'RECEIVED' and received_at < $1 order by received_at limit $2`,
);

const LIMIT = 5_000;

/**
 * Enqueues raw events that have waited longer than `olderThanMs`: their job was lost with Redis, or gave up while
 * the database was away. Harmless when the job still exists, because events are claimed. Returns how many.
 */
export async function reconcileRawEvents(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  return ctx.database.system.transaction(async (sql) => {
    const stranded = await sql.rows(FIND_STRANDED, [new Date(now - olderThanMs), LIMIT]);
    const ids = stranded.map((row) => row.id);
    const jobs = Math.ceil(ids.length / RAW_EVENTS_OF_JOB);
    const rows = Array.from({ length: jobs }, (_empty, index) =>
      outboxRow(
        ingestQueue,
        "apply_raw_events",
        { rawEventIds: ids.slice(index * RAW_EVENTS_OF_JOB, (index + 1) * RAW_EVENTS_OF_JOB) },
        // A job of the same events is enqueued again only after the interval; one event more makes it another job.
        `again-${Math.floor(now / olderThanMs)}`,
      ),
    );
    await ctx.outbox.enqueueSql(sql, rows);
    return ids.length;
  });
}
