import type { SystemContext } from "@parley/core/context";
import { openDatabase } from "@parley/db";
import { createOutbox, createPublisher, type QueueDefinition } from "@parley/queue";
import { createSilentLogger, systemClock } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchKeyring } from "../../setting/environment.ts";

export interface BenchContext {
  ctx: SystemContext;
  /** More than once does no harm. */
  close(): Promise<void>;
}

/** What a process of the system works with, for what the bench itself does. Publishes to `queues`. */
export async function openBenchContext(
  at: { database: BenchDatabase; redisUrl: string; redisPrefix: string },
  queues: readonly QueueDefinition[],
): Promise<BenchContext> {
  const logger = createSilentLogger();
  const database = openDatabase(at.database);
  const redis = { url: at.redisUrl, prefix: at.redisPrefix };
  const publisher = createPublisher({ redis, database, definitions: queues, logger });
  const outbox = createOutbox({ database, publisher, clock: systemClock, logger });
  await Promise.all(publisher.queues().map((queue) => queue.waitUntilReady()));

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await outbox.close();
    await publisher.close();
    await database.close();
  }

  return {
    ctx: { database, outbox, clock: systemClock, logger, keyring: benchKeyring, subscriptions: [] },
    close: () => (closed ??= close()),
  };
}
