import { randomBytes } from "node:crypto";
import { statement, type Database } from "@parley/db";
import { createSilentLogger, parseKeyring, type Keyring, type Logger } from "@parley/runtime";
import {
  createTestDatabase,
  createTestRedis,
  virtualClock,
  waitUntil,
  type TestDatabase,
  type VirtualClock,
} from "@parley/testing";
import type { RedisConfig } from "../connections.ts";
import type { QueueDefinition } from "../define-queue.ts";
import { createOutbox, type Outbox } from "../outbox.ts";
import { createPublisher, type Publisher } from "../publisher.ts";

/** A SystemContext of its own: database, Redis prefix, keys and time. */
export interface TestContext<Subscription = never> {
  database: Database;
  outbox: Outbox;
  clock: VirtualClock;
  logger: Logger;
  keyring: Keyring;
  subscriptions: readonly Subscription[];
  publisher: Publisher;
  redis: RedisConfig;
  urls: Pick<TestDatabase, "ownerUrl" | "appUrl" | "systemUrl">;
  /** Resolves when every job that was enqueued is on its queue. */
  published(): Promise<void>;
  /** Waits for `published`, then lists the jobs of a queue, in whatever state, oldest first. */
  jobsOn(queue: QueueDefinition): Promise<TestJob[]>;
  close(): Promise<void>;
}

export interface TestJob {
  id: string;
  name: string;
  payload: unknown;
}

const COUNT_OUTBOX = statement<{ count: number }>("test_count_outbox", "select count(*)::int as count from outbox");

/** `queues` are those that the suite publishes to; a job for another one stays in the outbox. */
export async function createTestContext<Subscription = never>(
  options: {
    queues?: readonly QueueDefinition[];
    subscriptions?: readonly Subscription[];
    clock?: VirtualClock;
    /** Silent unless a test looks at what is logged. */
    logger?: Logger;
  } = {},
): Promise<TestContext<NoInfer<Subscription>>> {
  const testDatabase = await createTestDatabase();
  const { database } = testDatabase;
  const redis = createTestRedis();
  const clock = options.clock ?? virtualClock();
  const logger = options.logger ?? createSilentLogger();
  const publisher = createPublisher({ redis: redis.config, database, definitions: options.queues ?? [], logger });
  const outbox = createOutbox({ database, publisher, clock, logger });
  // A publisher fails at once while it is not connected.
  await waitUntil(() => publisher.redis.status === "ready", "Redis answers");

  async function published(): Promise<void> {
    await waitUntil(async () => {
      const [left] = await database.system.rows(COUNT_OUTBOX, []);
      return left?.count === 0;
    }, "the outbox is empty; name every queue in createTestContext({ queues })");
  }

  return {
    database,
    outbox,
    clock,
    logger,
    keyring: parseKeyring(`test:${randomBytes(32).toString("base64")}`),
    subscriptions: options.subscriptions ?? [],
    publisher,
    redis: redis.config,
    urls: testDatabase,
    published,
    async jobsOn(definition) {
      await published();
      const queue = publisher.queues().find((candidate) => candidate.name === definition.name);
      if (!queue) throw new Error(`name the queue "${definition.name}" in createTestContext({ queues })`);
      const jobs = await queue.getJobs(["waiting", "delayed", "active", "failed"], 0, -1, true);
      return jobs.map((job) => ({ id: job.id ?? "", name: job.name, payload: job.data as unknown }));
    },
    async close() {
      await outbox.close();
      await publisher.close();
      await redis.close();
      await testDatabase.close();
    },
  };
}

/** `context` as the verbs of a request get it. By default the actor is an AGENT of the tenant. */
export function actingAs<Context extends object>(
  context: Context,
  actor: { userId: string; tenantId: string | null; role?: TestRole | null; isSuperAdmin?: boolean },
): Context & { actor: TestActor; origin: { address: null; userAgent: null }; requestId: string } {
  return {
    ...context,
    actor: { type: "user", role: actor.tenantId === null ? null : "AGENT", isSuperAdmin: false, ...actor },
    origin: { address: null, userAgent: null },
    requestId: `test-${randomBytes(4).toString("hex")}`,
  };
}

type TestRole = "OWNER" | "ADMIN" | "MANAGER" | "AGENT";

interface TestActor {
  type: "user";
  userId: string;
  isSuperAdmin: boolean;
  tenantId: string | null;
  role: TestRole | null;
}
