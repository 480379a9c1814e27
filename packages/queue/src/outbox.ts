import { afterCommit, LAZY_COMMIT, sqlOf, statement, type AnyTx, type Database, type Sql } from "@parley/db";
import { createMicroBatch, runEvery, type Clock, type Logger, type Periodic } from "@parley/runtime";
import type { OutboxRow } from "./outbox-row.ts";
import type { Publisher } from "./publisher.ts";

/**
 * The only way to a queue: a row in the caller's transaction, published after its commit. What a crash or an
 * absent Redis leaves behind is found by the sweep.
 */
export interface Outbox {
  /** Enqueues within a transaction, of whichever form. */
  enqueue(tx: AnyTx, rows: readonly OutboxRow[]): Promise<void>;
  /** Enqueues within a transaction of set-wise SQL. */
  enqueueSql(sql: Sql, rows: readonly OutboxRow[]): Promise<void>;
  /** For rows that the caller's own statement has inserted and committed. Never waits, never throws. */
  relay(rows: readonly OutboxRow[]): void;
  /** Publishes what was left behind, at most `SWEEP_LIMIT` rows; returns how many. */
  sweep(): Promise<number>;
  /** Sweeps every `intervalMs` until closed. */
  startSweeping(intervalMs: number): void;
  /** Waits for what is being published, then stops. */
  close(): Promise<void>;
}

const RELAY_BATCH = 1_000;
/** Rows that come one by one share their way to Redis and their deletion. */
const LINGER_MS = 5;
const SWEEP_LIMIT = 1_000;
/** Younger rows are probably being relayed by the process that wrote them. */
const SWEEP_AGE_MS = 2_000;

const INSERT_OUTBOX = statement(
  "outbox_insert",
  `insert into outbox (id, queue, job, job_id, payload)
   select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])`,
);

// What is not deleted after all is published again, as after any crash.
const DELETE_OUTBOX = statement("outbox_delete", `delete from outbox where id = any($1::uuid[]) and ${LAZY_COMMIT}`);

const CLAIM_LEFT_BEHIND = statement<OutboxRow>(
  "outbox_claim_left_behind",
  `select id, queue, job, job_id as "jobId", payload
     from outbox where created_at < $1 and queue = any($3) order by id limit $2 for update skip locked`,
);

export function createOutbox(options: {
  database: Database;
  publisher: Publisher;
  clock: Clock;
  logger: Logger;
}): Outbox {
  const { database, publisher, clock, logger } = options;
  // A row for another queue is another process's to publish, and must not stop the rows beside it.
  const queueNames = new Set(publisher.queues().map((queue) => queue.name));
  let sweeping: Periodic | undefined;

  const relaying = createMicroBatch<OutboxRow, void>({
    maxItems: RELAY_BATCH,
    lingerMs: LINGER_MS,
    async run(rows) {
      await publisher.publish(rows);
      await database.system.run(DELETE_OUTBOX, [rows.map((row) => row.id)]);
      return rows.map(() => undefined);
    },
  });

  function relay(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      if (!queueNames.has(row.queue)) {
        logger.debug({ queue: row.queue, jobId: row.jobId }, "left to a process that has this queue");
        continue;
      }
      relaying.submit(row).catch((error: unknown) => {
        logger.debug({ err: error, jobId: row.jobId }, "not published now; the sweep will");
      });
    }
  }

  async function sweep(): Promise<number> {
    const before = new Date(clock.now().getTime() - SWEEP_AGE_MS);
    return database.system.transaction(async (sql) => {
      const rows = await sql.rows(CLAIM_LEFT_BEHIND, [before, SWEEP_LIMIT, [...queueNames]]);
      if (rows.length === 0) return 0;
      await publisher.publish(rows);
      await sql.run(DELETE_OUTBOX, [rows.map((row) => row.id)]);
      return rows.length;
    });
  }

  async function sweepAll(): Promise<void> {
    let swept = SWEEP_LIMIT;
    while (swept === SWEEP_LIMIT) swept = await sweep();
  }

  async function enqueueSql(sql: Sql, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    await sql.run(INSERT_OUTBOX, outboxColumns(rows));
    afterCommit(sql, () => relay(rows));
  }

  return {
    enqueue: (tx, rows) => enqueueSql(sqlOf(tx), rows),
    enqueueSql,
    relay,
    sweep,
    startSweeping(intervalMs) {
      sweeping ??= runEvery(intervalMs, logger, "outbox sweep", sweepAll);
    },
    async close() {
      await sweeping?.stop();
      await relaying.idle();
    },
  };
}

/** The rows as the column arrays of an `unnest`: id, queue, job, job id, payload. */
export function outboxColumns(rows: readonly OutboxRow[]): unknown[] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.queue),
    rows.map((row) => row.job),
    rows.map((row) => row.jobId),
    rows.map((row) => JSON.stringify(row.payload)),
  ];
}
