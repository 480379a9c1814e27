import { takeUnits } from "@parley/core/quotas";
import { statement } from "@parley/db";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { median } from "../../statistics.ts";
import { benchId } from "../../world/bench-ids.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { openBenchContext } from "../rules/bench-context.ts";
import { seedBillingWorld } from "./billing-world.ts";

const TIMES = 2_000;
const TENANT = benchId("tenant", 0);

export interface QuotaCost {
  /** Milliseconds, with the round trip that a send makes anyway. */
  askedMs: number;
  /** A statement that does nothing, at the same place. */
  roundTripMs: number;
}

export interface QuotaCosts {
  limited: QuotaCost;
  unlimited: QuotaCost;
}

/**
 * What asking for a message's unit takes within a transaction, at the median. What does nothing is measured in the same
 * transactions: after one that wrote and waited for the disk, any statement takes longer.
 */
export async function measureQuota({ services, undo }: BenchRun): Promise<QuotaCosts> {
  const database = await services.createDatabase();
  await seedBillingWorld(database);
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const world = await openBenchContext(at, []);
  undo.add("context of the quota check", () => world.close());
  const sql = world.ctx.database.tenantSql(TENANT);

  const measure = async (): Promise<QuotaCost> => {
    const [nothing, asking]: [number[], number[]] = [[], []];
    for (let time = 0; time < TIMES; time += 1) {
      await sql.transaction(async (tx) => {
        await tx.rows(NOTHING, []);
        const wanted = { tenantId: TENANT, meter: "MESSAGES", units: 1, messageId: crypto.randomUUID() } as const;
        nothing.push(await millisecondsOf(() => tx.rows(NOTHING, [])));
        asking.push(await millisecondsOf(() => takeUnits(world.ctx, tx, wanted)));
      });
    }
    return { askedMs: median(asking), roundTripMs: median(nothing) };
  };

  const unlimited = await measure();
  await limit(database);
  const limited = await measure();
  await world.close();
  await database.drop();
  return { limited, unlimited };
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const NOTHING = statement<object>("bench_nothing", "select 1");

async function limit(database: BenchDatabase): Promise<void> {
  await withSystem(database, async (client) => {
    await client.query("delete from tenant_billing_plan where tenant_id = $1", [TENANT]);
    await client.query(
      `insert into tenant_billing_plan (tenant_id, id, valid_from, plan, currency, monthly_fee, hard_limit_policy,
                                        message_monthly_quota, ticket_monthly_quota)
       values ($1, gen_random_uuid(), now() - interval '1 year', 'PRO', 'EUR', 0, 'BLOCK_OUTBOUND', 1000000, 1000000)`,
      [TENANT],
    );
  });
}
