import { statement, type Channel, type Database } from "@parley/db";
import { FETCHABLE_MS, LEASE_MS } from "./media-limits.ts";
import { CLEAR_CHUNKS } from "./media-chunks.ts";
import type { AttachmentKey } from "./media-queue.ts";

/** An attachment whose file this process, and no other, is about to fetch. */
export interface ClaimedAttachment extends AttachmentKey {
  inboxId: string;
  channel: Channel;
  credentials: string | null;
  providerMediaId: string;
  /** As the channel told it. */
  sha256: string | null;
  /** Numbers the claim: who writes under an earlier number writes nothing. */
  attempt: number;
  /** Why the try before came to nothing. */
  failure: string | null;
  /** From then on it cannot be fetched any more. */
  expiresAt: Date;
}

// message_attachment_pkey, message_pkey, inbox_pkey, tenant_pkey
const CLAIM = statement<ClaimedAttachment>(
  "media_claim",
  `update message_attachment a
      set fetch_attempts = a.fetch_attempts + 1, next_fetch_at = $4
     from message m
     join inbox i on i.tenant_id = m.tenant_id and i.id = m.inbox_id and i.status = 'ACTIVE'
     join tenant t on t.id = m.tenant_id and t.status <> 'CLOSED'
    where a.tenant_id = $1 and a.id = $2 and a.state = 'PENDING' and a.next_fetch_at <= $3
      and m.tenant_id = a.tenant_id and m.id = a.message_id and m.occurred_at > $3::timestamptz - $5 * interval '1 ms'
   returning a.tenant_id as "tenantId", a.id as "attachmentId", m.inbox_id as "inboxId", i.channel, i.credentials,
             a.provider_media_id as "providerMediaId", a.sha256, a.fetch_attempts as attempt, a.failure,
             m.occurred_at + $5 * interval '1 ms' as "expiresAt"`,
);

// message_attachment_pkey
const NEXT = statement<{ at: Date }>(
  "media_next_fetch",
  "select next_fetch_at as at from message_attachment where tenant_id = $1 and id = $2 and next_fetch_at > $3",
);

/**
 * Claims a file that is due, and clears away what a try before has left of it. Undefined for one that waits: for another
 * try, for its inbox or company, or because somebody is at it.
 */
export function claimAttachment(
  database: Database,
  { tenantId, attachmentId }: AttachmentKey,
  now: Date,
): Promise<ClaimedAttachment | undefined> {
  const key = [tenantId, attachmentId];
  return database.system.transaction(async (sql) => {
    const leaseEnds = new Date(now.getTime() + LEASE_MS);
    const [claim] = await sql.rows(CLAIM, [...key, now, leaseEnds, FETCHABLE_MS]);
    if (claim) await sql.run(CLEAR_CHUNKS, key);
    return claim;
  });
}

/** When a file that could not be claimed is to be tried: the next time, or when the lease of whoever is at it ends. */
export async function findNextTry(
  database: Database,
  { tenantId, attachmentId }: AttachmentKey,
  now: Date,
): Promise<Date | undefined> {
  const [next] = await database.system.rows(NEXT, [tenantId, attachmentId, now]);
  return next?.at;
}
