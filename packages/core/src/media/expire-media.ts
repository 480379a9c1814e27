import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { FETCHABLE_MS } from "./media-limits.ts";
import { SUBJECTS, toFailedEvent, type AttachmentSubjects } from "./settle-fetch.ts";

// message_attachment_due_idx, message_pkey, conversation_pkey, media_chunk_pkey
const EXPIRE = statement<AttachmentSubjects & { attachmentId: string }>(
  "media_expire",
  `with expired as (
     select a.tenant_id, a.id
       from message_attachment a join message m on m.tenant_id = a.tenant_id and m.id = a.message_id
      where a.state = 'PENDING' and a.next_fetch_at <= $1 and m.occurred_at <= $2
      order by a.next_fetch_at
      limit $3
        for no key update of a skip locked
   ), cleared as (
     delete from media_chunk k using expired e where k.tenant_id = e.tenant_id and k.attachment_id = e.id
   )
   update message_attachment a set state = 'FAILED', failure = 'expired', next_fetch_at = null
     from expired e, message m join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where a.tenant_id = e.tenant_id and a.id = e.id and m.tenant_id = a.tenant_id and m.id = a.message_id
   returning ${SUBJECTS}, a.id as "attachmentId"`,
);

const LIMIT = 200;

/**
 * Fails what could not be fetched while its channel had it, also of inboxes that are paused and companies that are closed.
 * Returns how many.
 */
export function expireMedia(ctx: SystemContext): Promise<number> {
  return ctx.database.system.transaction(async (sql) => {
    const now = ctx.clock.now();
    const expired = await sql.rows(EXPIRE, [now, new Date(now.getTime() - FETCHABLE_MS), LIMIT]);
    await publishEventsSql(
      ctx,
      sql,
      expired.map(({ attachmentId, ...subjects }) => toFailedEvent(subjects, attachmentId, "expired")),
    );
    return expired.length;
  });
}
