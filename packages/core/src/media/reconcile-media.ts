import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { FETCHABLE_MS } from "./media-limits.ts";
import { fetchRow, type AttachmentKey } from "./media-queue.ts";

// message_attachment_due_idx, message_pkey, inbox_pkey, tenant_pkey
const FIND_STRANDED = statement<AttachmentKey>(
  "media_find_stranded",
  `select a.tenant_id as "tenantId", a.id as "attachmentId"
     from message_attachment a
     join message m on m.tenant_id = a.tenant_id and m.id = a.message_id
     join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id and i.status = 'ACTIVE'
     join tenant t on t.id = m.tenant_id and t.status <> 'CLOSED'
    where a.state = 'PENDING' and a.next_fetch_at < $1 and m.occurred_at > $2
    order by a.next_fetch_at
    limit $3`,
);

const LIMIT = 500;
/** A job that has failed for good keeps its id taken, so another one is let through now and then. */
const ANOTHER_EVERY_MS = 10 * 60_000;

/**
 * Enqueues files that should have been fetched `olderThanMs` ago: their job was lost with Redis, or ended because their
 * inbox was paused, which is over. Harmless when it still exists, because files are claimed. Returns how many.
 */
export async function reconcileMedia(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now().getTime();
  const values = [new Date(now - olderThanMs), new Date(now - FETCHABLE_MS), LIMIT];
  const stranded = await ctx.database.system.rows(FIND_STRANDED, values);
  if (stranded.length === 0) return 0;
  const cause = `again-${Math.floor(now / ANOTHER_EVERY_MS)}`;
  await ctx.database.system.transaction((sql) =>
    ctx.outbox.enqueueSql(
      sql,
      stranded.map((key) => fetchRow(key, cause)),
    ),
  );
  return stranded.length;
}
