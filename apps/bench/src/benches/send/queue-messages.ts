import { outboundQueue } from "@parley/core/outbound-queue";
import { openDatabase, statement } from "@parley/db";
import { createOutbox, createPublisher, outboxRow } from "@parley/queue";
import { createSilentLogger, systemClock } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchIdSql } from "../../world/bench-ids.ts";

/** What is to be sent: to every conversation of every inbox so many messages. */
export interface Outgoing {
  inboxes: number;
  conversations: number;
  messagesEach: number;
}

interface Queued {
  tenantId: string;
  messageId: string;
  inboxId: string;
  conversationId: string;
}

/** The text of a message is its place in its conversation. Returns those that have a job: the first of each. */
const INSERT_MESSAGES = statement<Queued>(
  "bench_queue_messages",
  `with planned as (
     select i, n, place, (place * $2::int + n) as serial
       from generate_series(0, $1::int - 1) i, generate_series(0, $2::int - 1) n, generate_series(0, $3::int - 1) place
   ), inserted as (
     insert into message (tenant_id, id, conversation_id, inbox_id, direction, type, status, sender_type, content, occurred_at)
     select ${benchIdSql("tenant", "i")}, ${benchIdSql("message", "i", "serial")}, ${benchIdSql("conversation", "i", "n")},
            ${benchIdSql("inbox", "i")}, 'OUTBOUND', 'text', 'QUEUED', 'SYSTEM', jsonb_build_object('text', place::text),
            now() + place * interval '1 millisecond'
       from planned
   )
   select ${benchIdSql("tenant", "i")} as "tenantId", ${benchIdSql("message", "i", "serial")} as "messageId",
          ${benchIdSql("inbox", "i")} as "inboxId", ${benchIdSql("conversation", "i", "n")} as "conversationId"
     from planned
    where place = 0
    order by n, i`,
);

const CHUNK = 1_000;

/**
 * Writes the messages set-wise and enqueues jobs through the outbox as the API does: a message behind another one has
 * none, because settling that one wakes it.
 */
export async function queueMessages(
  at: { database: BenchDatabase; redisUrl: string; redisPrefix: string },
  { inboxes, conversations, messagesEach }: Outgoing,
): Promise<void> {
  const logger = createSilentLogger();
  const database = openDatabase(at.database);
  const redis = { url: at.redisUrl, prefix: at.redisPrefix };
  const publisher = createPublisher({ redis, database, definitions: [outboundQueue], logger });
  const outbox = createOutbox({ database, publisher, clock: systemClock, logger });
  try {
    await publisher.queues()[0]?.waitUntilReady();
    const queued = await database.system.rows(INSERT_MESSAGES, [inboxes, conversations, messagesEach]);
    for (let start = 0; start < queued.length; start += CHUNK) {
      const rows = queued.slice(start, start + CHUNK).map((job) => outboxRow(outboundQueue, "send_message", job));
      await database.system.transaction((sql) => outbox.enqueueSql(sql, rows));
    }
  } finally {
    await outbox.close();
    await publisher.close();
    await database.close();
  }
}
