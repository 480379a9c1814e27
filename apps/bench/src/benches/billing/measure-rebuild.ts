import { rebuildRollUps } from "@parley/core/usage";
import { step } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { analyze, withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { openBenchContext } from "../rules/bench-context.ts";
import { fillLedger, seedBillingWorld, TENANTS } from "./billing-world.ts";

/** Seconds for computing all roll-ups of a ledger of so many rows anew; its sums are compared with the ledger's. */
export async function measureRebuild({ services, undo }: BenchRun, rows: number): Promise<number> {
  const database = await services.createDatabase();
  await seedBillingWorld(database);
  const perTenant = Math.ceil(rows / TENANTS);
  await step(`a ledger of ${perTenant * TENANTS} rows`, () => fill(database, perTenant));
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const world = await openBenchContext(at, []);
  undo.add("context of the rebuild", () => world.close());
  const startedAt = performance.now();
  await step("roll-ups computed anew", () => rebuildRollUps(world.ctx, null));
  const seconds = (performance.now() - startedAt) / 1_000;
  await world.close();
  await assertEqual(database);
  await database.drop();
  return seconds;
}

async function fill(database: BenchDatabase, perTenant: number): Promise<void> {
  await withSystem(database, async (client) => {
    for (let tenant = 0; tenant < TENANTS; tenant += 1) await fillLedger(client, benchId("tenant", tenant), perTenant);
  });
  await analyze(database);
}

async function assertEqual(database: BenchDatabase): Promise<void> {
  const { rows } = await withSystem(database, (client) =>
    client.query<{ ledger: string; daily: string; quotas: string }>(
      `select (select sum(quantity) from usage_event) as ledger, (select sum(quantity) from usage_daily) as daily,
              (select sum(tickets_count + ai_actions_count + messages_count + auto_replies_count + tokens_used)
                 from tenant_quota_usage) as quotas`,
    ),
  );
  const [sums] = rows;
  if (!sums || sums.ledger !== sums.daily || sums.ledger !== sums.quotas) {
    throw new Error(`sums differ: ${JSON.stringify(sums)}`);
  }
}
