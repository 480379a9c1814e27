import { createHash } from "node:crypto";
import { statement, type Channel, type Database } from "@parley/db";
import { outboxRow, type Outbox } from "@parley/queue";
import { createArrivalIds, createMicroBatch, type Clock } from "@parley/runtime";
import { ingestQueue } from "./ingest-queue.ts";

/** A webhook whose signature was verified. */
export interface VerifiedWebhook {
  channel: Channel;
  /** Where it came in: the platform's app of the channel ("whatsapp"), or the id of one inbox. */
  source: string;
  /** Known only when the URL names the inbox. */
  inbox?: { tenantId: string; id: string };
  body: Buffer;
}

export interface WebhookAcceptor {
  /**
   * Resolves once the exact bytes are committed: then, and only then, the sender may be told so. The same bytes
   * from the same source are one event, however often they come. Refused as `unavailable` when too many wait.
   */
  accept(webhook: VerifiedWebhook): Promise<void>;
}

const MAX_BATCH = 500;
/** Of the bodies of one statement; the largest of Meta's payloads (3 MB) fits in. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** A commit costs about as much for one webhook as for many; a steady trickle takes far fewer of them so. */
const LINGER_MS = 3;
/** With so many a commit is well used; waiting for more would only add to their delay. */
const ENOUGH = 40;
/** Senders repeat what is refused; what we hold in memory while the database is slow has to end somewhere. */
const MAX_WAITING = 20_000;

// Sorted by the unique key, so that two processes that store the same webhooks cannot deadlock.
const STORE_BATCH = statement<{ id: string }>(
  "webhook_store_batch",
  `with stored as (
     insert into raw_webhook_event (id, channel, source, tenant_id, inbox_id, body, body_hash, received_at)
     select id, channel, source, tenant_id, inbox_id, body, body_hash, $8
       from unnest($1::uuid[], $2::channel[], $3::text[], $4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[])
            as w (id, channel, source, tenant_id, inbox_id, body, body_hash)
      order by source, body_hash
         on conflict (source, body_hash) do nothing
     returning id
   ), queued as (
     insert into outbox (id, queue, job, job_id, payload)
     select $9::uuid, $10, $11, $12, jsonb_build_object('rawEventIds', $1::uuid[])
      where exists (select from stored)
   )
   select id from stored`,
);

/**
 * Requests that arrive while a commit is under way share the next one: one statement stores them all and one
 * outbox row names them all. Works without Redis; the outbox keeps the job.
 */
export function createWebhookAcceptor(ctx: { database: Database; outbox: Outbox; clock: Clock }): WebhookAcceptor {
  const nextArrivalId = createArrivalIds(ctx.clock);
  const batch = createMicroBatch<VerifiedWebhook, void>({
    maxItems: MAX_BATCH,
    weightOf: ({ body }) => body.length,
    maxWeight: MAX_BATCH_BYTES,
    maxWaiting: MAX_WAITING,
    lingerMs: LINGER_MS,
    enough: ENOUGH,
    async run(webhooks) {
      await storeBatch(ctx, nextArrivalId, webhooks);
      return webhooks.map(() => undefined);
    },
  });
  return { accept: (webhook) => batch.submit(webhook) };
}

async function storeBatch(
  ctx: { database: Database; outbox: Outbox; clock: Clock },
  nextArrivalId: () => string,
  webhooks: readonly VerifiedWebhook[],
): Promise<void> {
  const receivedAt = ctx.clock.now();
  const ids = webhooks.map(nextArrivalId);
  // It may name ids that were duplicates and not stored; the worker claims only what exists.
  const row = outboxRow(ingestQueue, "apply_raw_events", { rawEventIds: ids });
  const stored = await ctx.database.system.rows(STORE_BATCH, [
    ids,
    webhooks.map((webhook) => webhook.channel),
    webhooks.map((webhook) => webhook.source),
    webhooks.map((webhook) => webhook.inbox?.tenantId ?? null),
    webhooks.map((webhook) => webhook.inbox?.id ?? null),
    webhooks.map((webhook) => webhook.body),
    webhooks.map((webhook) => createHash("sha256").update(webhook.body).digest()),
    receivedAt,
    row.id,
    row.queue,
    row.job,
    row.jobId,
  ]);
  if (stored.length > 0) ctx.outbox.relay([row]);
}
