import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { cpuPercent, readCpu } from "../../setting/cpu-use.ts";
import type { Program } from "../../setting/program.ts";
import { percentile } from "../../statistics.ts";
import { waitFor } from "../../wait-for.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { openDueTickets, type SlaWorld } from "./sla-world.ts";

/** Time to open what comes due, and for the worker to load it. */
const LEAD_MS = 30_000;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 300_000;
const SAMPLE_MS = 500;
const MB = 1024 * 1024;

export interface Firing {
  count: number;
  p50Ms: number;
  p99Ms: number;
  redisMb: number;
  /** Percent of one core, by process; empty where that cannot be read. */
  cpu: Map<string, number>;
}

const COUNT_FIRED = `
  select count(*)::int as count from sla_timer where decided_at is not null and tenant_id in (select id from tenant)`;

// Events are never written again, so the transaction of the row is the one that inserted it.
const READ_LATENESS = (committed: string): string => `
  select extract(epoch from ${committed} - (data->>'dueAt')::timestamptz)::float8 * 1000 as late
    from event where type = 'SLA_BREACHED'`;

const COUNT_TWICE = `
  select count(*)::int as count
    from (select from event where type = 'SLA_BREACHED' group by tenant_id, ticket_id having count(*) > 1) twice`;

/** What comes due within a minute fires. Throws unless each fires once, and no other. */
export async function measureFiring(
  run: BenchRun,
  { database, world, worker }: { database: BenchDatabase; world: SlaWorld; worker: Program },
): Promise<Firing> {
  const count = world.tenants * world.duePerTenant;
  const redis = new Redis(run.services.redisUrl);
  run.undo.add("redis of sla", () => redis.disconnect());
  const before = await usedMemory(redis);
  const from = new Date(Date.now() + LEAD_MS);
  await openDueTickets(database, world, from);
  if (Date.now() > from.getTime()) throw new Error("opening the tickets took longer than there was time for it");

  await sleep(from.getTime() - Date.now());
  const processes = new Map([["worker-sla", worker.pid], ["bench", process.pid], ...run.services.serverPids]);
  const cpuBefore = readCpu(processes);
  let most = before;
  while (Date.now() < from.getTime() + MINUTE_MS) {
    most = Math.max(most, await usedMemory(redis));
    await sleep(SAMPLE_MS);
  }
  const cpuAfter = readCpu(processes);
  await waitFor(
    "every timer having fired",
    TIMEOUT_MS,
    async () => (await countOf(database, COUNT_FIRED)) === count || undefined,
    1_000,
  );
  redis.disconnect();
  const twice = await countOf(database, COUNT_TWICE);
  if (twice > 0) throw new Error(`${twice} tickets were told of twice`);
  const late = await readLateness(database);
  if (late.length !== count) throw new Error(`${late.length} of ${count} timers were told of`);
  if (late.some((ms) => ms < 0)) throw new Error("a timer fired before it was due");
  return {
    count,
    p50Ms: percentile(late, 0.5),
    p99Ms: percentile(late, 0.99),
    redisMb: Math.max(0, most - before) / MB,
    cpu: cpuBefore && cpuAfter ? cpuPercent(cpuBefore, cpuAfter) : new Map(),
  };
}

async function usedMemory(redis: Redis): Promise<number> {
  const bytes = /used_memory:(\d+)/.exec(await redis.info("memory"))?.[1];
  if (bytes === undefined) throw new Error("Redis does not say how much memory it uses");
  return Number(bytes);
}

export function countOf(database: BenchDatabase, text: string): Promise<number> {
  return withSystem(database, async (client) => {
    const { rows } = await client.query<{ count: number }>(text);
    return rows[0]?.count ?? NaN;
  });
}

/** From when each was due to the commit of what was told; to its writing where the server keeps no commit times. */
function readLateness(database: BenchDatabase): Promise<number[]> {
  return withSystem(database, async (client) => {
    const { rows: settings } = await client.query<{ value: string }>(
      "select current_setting('track_commit_timestamp') as value",
    );
    const committed = settings[0]?.value === "on" ? "pg_xact_commit_timestamp(event.xmin)" : "created_at";
    const { rows } = await client.query<{ late: number }>(READ_LATENESS(committed));
    return rows.map(({ late }) => late);
  });
}
