import { openDatabase, type PoolSizes } from "@parley/db";
import { createOutbox, createPublisher, type Publisher, type QueueDefinition, type RedisConfig } from "@parley/queue";
import { systemClock, type DatabaseConfig, type Keyring, type Logger, type ShutdownStack } from "@parley/runtime";
import type { SystemContext } from "./context.ts";
import type { Subscription } from "./subscription.ts";

export interface SystemConfig {
  database: DatabaseConfig;
  redis: RedisConfig;
  keyring: Keyring;
}

export interface OpenSystemContext extends SystemContext {
  publisher: Publisher;
}

const SWEEP_INTERVAL_MS = 2_000;

/**
 * Opens what every process needs and registers how to close it: the database, the way to the queues, and the sweep
 * of the outbox. Waits for neither server; each is used when it is there.
 */
export function openSystemContext(options: {
  config: SystemConfig;
  /** Every queue that this process may publish to. */
  queues: readonly QueueDefinition[];
  subscriptions?: readonly Subscription[];
  pools?: Partial<PoolSizes>;
  logger: Logger;
  shutdown: ShutdownStack;
}): OpenSystemContext {
  const { config, logger, shutdown, subscriptions = [] } = options;
  const database = openDatabase(config.database, {
    pools: options.pools,
    onIdleError: (error) => logger.warn({ err: error }, "a database connection was lost"),
  });
  shutdown.add("database", () => database.close());

  const definitions = [...options.queues, ...subscriptions.map((subscription) => subscription.queue)];
  const publisher = createPublisher({ redis: config.redis, database, definitions, logger });
  shutdown.add("publisher", () => publisher.close());

  const outbox = createOutbox({ database, publisher, clock: systemClock, logger });
  outbox.startSweeping(SWEEP_INTERVAL_MS);
  shutdown.add("outbox", () => outbox.close());

  return { database, outbox, publisher, clock: systemClock, logger, keyring: config.keyring, subscriptions };
}
