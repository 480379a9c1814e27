import { setTimeout as sleep } from "node:timers/promises";
import { ingestQueue } from "@parley/core/webhooks";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { cpuPercent, readCpu } from "../../setting/cpu-use.ts";
import { programEnvironment } from "../../setting/environment.ts";
import { percentile } from "../../statistics.ts";
import { waitFor } from "../../wait-for.ts";
import { analyze, withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import { readActionTimes, readLedger } from "./action-times.ts";
import { seedActingWorld } from "./acting-world.ts";
import { openBenchContext } from "./bench-context.ts";
import { createCustomers, type Customers } from "./customers.ts";

export const RATE = 500;

const TICK_MS = 20;
const TIMEOUT_MS = 120_000;
/** Until everything is planned, compiled and connected; not measured. */
const WARM_UP_SECONDS = 5;

export interface ActionRun {
  messages: number;
  actionsPerSecond: number;
  executionsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Percent of one core, by process; empty where that cannot be read. */
  cpu: Map<string, number>;
}

/** Messages arrive at a steady rate, whether or not rules have acted on the ones before. */
export async function measureActions(run: BenchRun, seconds: number): Promise<ActionRun> {
  const { services } = run;
  const database = await services.createDatabase();
  await seedActingWorld(database);
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const env = programEnvironment(at);
  const ingest = await startBenchProgram(run, "rules-worker-ingest", "apps/worker-ingest/src/main.ts", env);
  const automation = await startBenchProgram(run, "rules-worker-automation", "apps/worker-automation/src/main.ts", env);
  const world = await openBenchContext(at, [ingestQueue]);
  run.undo.add("customers of the rules bench", () => world.close());
  const customers = createCustomers(world.ctx);
  const processes = new Map([
    ["worker-automation", automation.pid],
    ["worker-ingest", ingest.pid],
    ["bench", process.pid],
    ...services.serverPids,
  ]);

  const warmUp = RATE * WARM_UP_SECONDS;
  const messages = Math.round(RATE * seconds);
  await write(customers, 0, warmUp);
  await allActedUpon(database, warmUp);
  // As PostgreSQL does by itself within a minute of an installation's first messages: until then it plans for empty tables.
  await analyze(database);
  const before = readCpu(processes);
  await write(customers, warmUp, messages);
  const after = readCpu(processes);
  await allActedUpon(database, warmUp + messages);
  const { toldAt, actedAt } = await readActionTimes(database);
  const { executions } = await readLedger(database);
  await automation.stop();
  await ingest.stop();
  await world.close();
  await database.drop();

  const delays = actedAt.map((time, index) => time - (toldAt[index] ?? NaN)).subarray(warmUp);
  const elapsed = (Math.max(...actedAt.subarray(warmUp)) - Math.min(...toldAt.subarray(warmUp))) / 1_000;
  return {
    messages,
    actionsPerSecond: messages / elapsed,
    executionsPerSecond: (executions / (warmUp + messages)) * (messages / elapsed),
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    cpu: before && after ? cpuPercent(before, after) : new Map(),
  };
}

/** Open loop: what is due by now is written, however long the ones before took. */
async function write(customers: Customers, first: number, count: number): Promise<void> {
  const startedAt = performance.now();
  const underWay: Promise<void>[] = [];
  while (underWay.length < count) {
    await sleep(TICK_MS);
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1_000) * RATE));
    while (underWay.length < due) underWay.push(customers.write(first + underWay.length));
  }
  await Promise.all(underWay);
}

const IS_ACTED_UPON = `
  select from (select count(*) as count from ai_rule_execution where outcome = 'SUCCESS') acted where count >= $1`;

/** Throws unless exactly one rule has acted on each message, with a receipt, and none failed. */
async function allActedUpon(database: BenchDatabase, count: number): Promise<void> {
  await withSystem(database, (client) =>
    waitFor(
      "every message being acted upon",
      TIMEOUT_MS,
      async () => (await client.query(IS_ACTED_UPON, [count])).rowCount === 1 || undefined,
      250,
    ),
  );
  const { messages, acted, successes, receipts, failed } = await readLedger(database);
  if (messages !== count) throw new Error(`${messages} of ${count} messages were applied`);
  if (acted !== count || successes !== count || receipts !== count || failed !== 0) {
    const found = `${acted} messages were acted upon, by ${successes} executions with ${receipts} receipts; ${failed} failed`;
    throw new Error(`${found}, for ${count} messages`);
  }
}
