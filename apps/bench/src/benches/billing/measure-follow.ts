import { createLogFollower } from "@parley/core/usage";
import { mailQueue } from "@parley/core/mail";
import pg from "pg";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { openBenchContext } from "../rules/bench-context.ts";
import { happen, seedBillingWorld, TENANTS, USAGE_OF_TEN } from "./billing-world.ts";

/** Of the log that is followed, and of the one that is told event by event. */
export const EVENTS = 300_000;
const NAIVE_SECONDS = 5;
/** Connections on which single upserts are sent: more of them do not make it faster. */
const CONNECTIONS = 8;

export interface FollowRates {
  eventsPerSecond: number;
  naivePerSecond: number;
}

/** Rows of ledger and roll-ups a second: from the log, and by a statement for each event. */
export async function measureFollowing({ services, undo }: BenchRun): Promise<FollowRates> {
  const database = await services.createDatabase();
  await seedBillingWorld(database);
  await happen(database, 0, EVENTS);
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const world = await openBenchContext(at, [mailQueue]);
  undo.add("context of the billing bench", () => world.close());

  const follower = createLogFollower(world.ctx);
  const startedAt = performance.now();
  while (await follower.follow());
  const seconds = (performance.now() - startedAt) / 1_000;
  const counted = await countLedger(database);
  const expected = (EVENTS / 10) * USAGE_OF_TEN;
  if (counted !== expected) throw new Error(`the ledger has ${counted} rows and not ${expected}`);
  await world.close();

  const naivePerSecond = await measureNaive(database);
  await database.drop();
  return { eventsPerSecond: counted / seconds, naivePerSecond };
}

async function countLedger(database: BenchDatabase): Promise<number> {
  const { rows } = await withSystem(database, (client) =>
    client.query<{ count: number }>("select count(*)::int as count from usage_event"),
  );
  return rows[0]?.count ?? 0;
}

// What a handler of single events does: the row, and each sum, in one statement and transaction.
const COUNT_ONE = `
  with written as (
    insert into usage_event (tenant_id, kind, cause, quantity, occurred_at, period, event_txid, event_seq, ticket_id, category)
    values ($1, 'AI_ACTION', gen_random_uuid(), 2, now(), date_trunc('month', now())::date, 1, 1, $2, 'rule')
        on conflict (tenant_id, kind, cause) do nothing
    returning *
  ), daily as (
    insert into usage_daily as d (tenant_id, period, day, kind, category, agent_id, rule_id, quantity)
    select tenant_id, period, now()::date, kind, category, '00000000-0000-0000-0000-000000000000',
           '00000000-0000-0000-0000-000000000000', quantity from written
        on conflict (tenant_id, period, day, kind, channel, category, agent_id, rule_id) do update
       set quantity = d.quantity + excluded.quantity
  ), ticket as (
    insert into ticket_billing_usage as t (tenant_id, ticket_id, period, ai_actions_count, billable_units, calculated_amount, updated_at)
    select w.tenant_id, w.ticket_id, w.period, w.quantity, w.quantity, w.quantity * p.ai_action_unit_price, now()
      from written w
      join tenant_billing_plan p on p.tenant_id = w.tenant_id and p.valid_from <= w.occurred_at and p.valid_to is null
        on conflict (tenant_id, ticket_id, period) do update
       set ai_actions_count = t.ai_actions_count + excluded.ai_actions_count,
           billable_units = t.billable_units + excluded.billable_units,
           calculated_amount = t.calculated_amount + excluded.calculated_amount
  )
  insert into tenant_quota_usage as q (tenant_id, period, period_start, period_end, ai_actions_count, last_updated_at)
  select tenant_id, period, now(), now(), quantity, now() from written
      on conflict (tenant_id, period) do update
     set ai_actions_count = q.ai_actions_count + excluded.ai_actions_count, last_updated_at = excluded.last_updated_at`;

/** One upsert an event, by as many connections as that is worth. */
async function measureNaive(database: BenchDatabase): Promise<number> {
  const tenants = await withSystem(database, async (client) => {
    const { rows } = await client.query<{ id: string }>("select id from tenant order by id limit $1", [TENANTS]);
    return rows.map(({ id }) => id);
  });
  const until = performance.now() + NAIVE_SECONDS * 1_000;
  let count = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new pg.Client({ connectionString: database.systemUrl });
      await client.connect();
      while (performance.now() < until) {
        const place = (count += 1);
        const values = [tenants[place % tenants.length], crypto.randomUUID()];
        await client.query({ name: "count_one", text: COUNT_ONE, values });
      }
      await client.end();
    }),
  );
  return (count / (performance.now() - startedAt)) * 1_000;
}
