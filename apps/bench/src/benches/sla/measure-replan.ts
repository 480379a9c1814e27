import type { SystemContext } from "@parley/core/context";
import { reviseSla, slaTimerQueue } from "@parley/core/sla-clocks";
import { openDatabase } from "@parley/db";
import { createOutbox, createPublisher } from "@parley/queue";
import { createSilentLogger, systemClock } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchKeyring } from "../../setting/environment.ts";
import { waitFor } from "../../wait-for.ts";
import { benchId } from "../../world/bench-ids.ts";
import { countOf } from "./measure-firing.ts";
import { policyOf } from "./sla-world.ts";

const TIMEOUT_MS = 300_000;
const TENANT = benchId("tenant", 0);

/** Twice the target of what is open in a company. Returns the seconds until every ticket is judged by it. */
export async function measureReplan(at: {
  database: BenchDatabase;
  redisUrl: string;
  redisPrefix: string;
  tickets: number;
}): Promise<number> {
  const logger = createSilentLogger();
  const database = openDatabase(at.database);
  const redis = { url: at.redisUrl, prefix: at.redisPrefix };
  const publisher = createPublisher({ redis, database, definitions: [slaTimerQueue], logger });
  const outbox = createOutbox({ database, publisher, clock: systemClock, logger });
  const ctx: SystemContext = { database, outbox, clock: systemClock, logger, keyring: benchKeyring, subscriptions: [] };
  await waitFor("Redis", TIMEOUT_MS, async () => publisher.redis.status === "ready" || undefined);
  const startedAt = performance.now();
  await database.withTenant(TENANT, async (tx) => {
    await tx.$executeRaw`
      update sla_policy set targets = jsonb_set(targets, '{default,firstResponseSeconds}', '7200')
       where tenant_id = ${TENANT}::uuid and id = ${policyOf(0)}::uuid`;
    await reviseSla(ctx, tx, TENANT);
  });
  await waitFor("every ticket being judged anew", TIMEOUT_MS, async () => {
    const progress = await database.withTenant(TENANT, (tx) => tx.slaProgress.findFirst());
    return progress?.finishedAt ? true : undefined;
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  await outbox.close();
  await publisher.close();
  await database.close();
  const moved = await countOf(
    at.database,
    `select count(*)::int as count from sla_timer
      where tenant_id = '${TENANT}' and metric = 'FIRST_RESPONSE' and target_ms = 7200000`,
  );
  if (moved !== at.tickets) throw new Error(`${moved} of ${at.tickets} timers go by the new target`);
  return seconds;
}
