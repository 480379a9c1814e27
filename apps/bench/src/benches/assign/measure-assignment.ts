import { setTimeout as sleep } from "node:timers/promises";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { cpuPercent, readCpu } from "../../setting/cpu-use.ts";
import { programEnvironment } from "../../setting/environment.ts";
import { startProgram, type Program } from "../../setting/program.ts";
import { percentile } from "../../statistics.ts";
import { waitFor } from "../../wait-for.ts";
import { analyze, withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { assertFair, countWaiting, INSERT_TICKETS, seedAssignWorld } from "./assign-world.ts";
import { assignNaively } from "./assign-naively.ts";
import { readAssignmentTimes } from "./assignment-times.ts";
import { openDesk, type Desk } from "./desk.ts";

export const RATE = 500;
export const BACKLOG = 20_000;
/** Tickets that the baseline is given: it takes longer. */
const NAIVE_BACKLOG = 1_000;

const TICK_MS = 20;
const FINISH_EVERY_MS = 200;
/** How long an agent takes for a ticket. */
const WORK_MS = 1_000;
/** More than arrives while somebody works on one ticket. */
const CAPACITY = 100;
const TIMEOUT_MS = 120_000;

export interface ArrivalRun {
  count: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Percent of one core, by process; empty where that cannot be read. */
  cpu: Map<string, number>;
}

/** Tickets arrive at a steady rate, whether or not the ones before were given, and agents finish what they have. */
export async function measureArrivals(run: BenchRun, seconds: number): Promise<ArrivalRun> {
  const count = Math.round(RATE * seconds);
  const setting = await startSetting(run, { conversations: count, capacity: CAPACITY });
  const { database, desk, worker } = setting;
  const processes = new Map([["worker-automation", worker.pid], ["bench", process.pid], ...run.services.serverPids]);
  await desk.comeOnline();
  const before = readCpu(processes);
  await Promise.all([arrive(desk, count), finish(desk, seconds)]);
  const after = readCpu(processes);
  await noneWaits(database);
  const { arrivedAt, givenAt } = await readAssignmentTimes(database);
  await assertFair(database, count);
  await setting.stop();
  const delays = givenAt.map((at, index) => at - (arrivedAt[index] ?? NaN));
  const elapsed = (Math.max(...givenAt) - Math.min(...arrivedAt)) / 1_000;
  return {
    count,
    perSecond: count / elapsed,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    cpu: before && after ? cpuPercent(before, after) : new Map(),
  };
}

/** How many a second of a backlog are given once everybody is there. */
export async function measureBacklog(run: BenchRun): Promise<number> {
  const setting = await startSetting(run, { conversations: BACKLOG, capacity: 1_000 });
  const { database, desk } = setting;
  await withSystem(database, (client) => client.query(INSERT_TICKETS, [0, BACKLOG]));
  await analyze(database);
  const startedAt = Date.now();
  await desk.comeOnline();
  await noneWaits(database);
  const { givenAt } = await readAssignmentTimes(database);
  await assertFair(database, BACKLOG);
  await setting.stop();
  return BACKLOG / ((Math.max(...givenAt) - startedAt) / 1_000);
}

/** The same, one ticket after the other. */
export async function measureNaive(run: BenchRun): Promise<number> {
  const database = await run.services.createDatabase();
  await seedAssignWorld(database, { conversations: NAIVE_BACKLOG, capacity: 1_000 });
  await withSystem(database, async (client) => {
    await client.query("update membership set availability = 'ONLINE'");
    await client.query(INSERT_TICKETS, [0, NAIVE_BACKLOG]);
  });
  await analyze(database);
  const seconds = await assignNaively(database, NAIVE_BACKLOG);
  await assertFair(database, NAIVE_BACKLOG);
  await database.drop();
  return NAIVE_BACKLOG / seconds;
}

interface Setting {
  database: BenchDatabase;
  desk: Desk;
  worker: Program;
  stop(): Promise<void>;
}

async function startSetting(run: BenchRun, world: { conversations: number; capacity: number }): Promise<Setting> {
  const { services, options, undo } = run;
  const database = await services.createDatabase();
  await seedAssignWorld(database, world);
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const desk = await openDesk(at);
  undo.add("desk of assignment", () => desk.close());
  const worker = await startProgram({
    name: "assign-worker-automation",
    file: "apps/worker-automation/src/main.ts",
    env: programEnvironment(at),
    logDirectory: services.logDirectory,
    ...(options.cpuProfileDirectory === undefined ? {} : { cpuProfileDirectory: options.cpuProfileDirectory }),
  });
  undo.add("worker-automation", () => worker.stop());
  return {
    database,
    desk,
    worker,
    async stop() {
      await worker.stop();
      await desk.close();
      await database.drop();
    },
  };
}

/** Open loop: what is due by now is opened, however long the last tick took. */
async function arrive(desk: Desk, count: number): Promise<void> {
  const startedAt = performance.now();
  for (let opened = 0; opened < count;) {
    await sleep(TICK_MS);
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1_000) * RATE));
    if (due > opened) await desk.open(opened, due);
    opened = Math.max(opened, due);
  }
}

async function finish(desk: Desk, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    await sleep(FINISH_EVERY_MS);
    await desk.finishOlderThan(WORK_MS);
  }
}

async function noneWaits(database: BenchDatabase): Promise<void> {
  await waitFor("every ticket being given", TIMEOUT_MS, async () => (await countWaiting(database)) === 0 || undefined);
}
