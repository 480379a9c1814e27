import { ingestQueue } from "@parley/core/webhooks";
import { openDatabase } from "@parley/db";
import { createPublisher, outboxRow } from "@parley/queue";
import { createSilentLogger } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { programEnvironment } from "../../setting/environment.ts";
import { readCpu, secondsBetween } from "../../setting/cpu-use.ts";
import type { Program } from "../../setting/program.ts";
import type { BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import type { BareRequest } from "./bare-sql.ts";
import { countUpdates, planEvents, type PayloadKind } from "./plan-events.ts";
import { insertRawEvents } from "./raw-events.ts";
import { assertAllApplied, untilNoneIsPending } from "./verify-ingest.ts";

export type ContenderName = "naive" | "bareTwoLanes" | "bareSql" | "parley";

export const CONTENDERS: readonly ContenderName[] = ["naive", "bareSql", "bareTwoLanes", "parley"];

interface Measurement {
  name: ContenderName;
  kind: PayloadKind;
  world: BenchDatabase;
}

/** Raw events that are applied before the clock starts, and while it runs. The slow one is given fewer of the same mix. */
const EVENTS: Record<PayloadKind, { fast: [number, number]; slow: [number, number] }> = {
  single: { fast: [3_000, 17_000], slow: [300, 1_500] },
  mixed: { fast: [1_000, 5_000], slow: [100, 400] },
};

/** The API stores about so many webhooks in one statement when a hundred senders wait for it. */
const EVENTS_A_JOB = 50;

export interface Measured {
  perSecond: number;
  /** Milliseconds of CPU that a thousand updates took: the contender's own process, and PostgreSQL where it is ours. */
  ownCpuMs: number;
  postgresCpuMs: number;
}

/** Lets one contender do its work in a process of its own on a fresh copy of the world. */
export async function measureContender(run: BenchRun, measurement: Measurement): Promise<Measured> {
  const { name, kind } = measurement;
  const [warmUp, count] = EVENTS[kind][name === "naive" ? "slow" : "fast"];
  const events = planEvents(kind, warmUp + count);
  const database = await measurement.world.clone();
  const redisPrefix = run.services.newRedisPrefix();
  const env = programEnvironment({ database, redisUrl: run.services.redisUrl, redisPrefix });
  const program = await startBenchProgram(run, `ingest-${name}`, FILES[name], env);
  try {
    const apply = createApplier(run, { program, name, kind, database, redisPrefix });
    const first = events.slice(0, warmUp);
    const rest = events.slice(warmUp);
    await apply(await insertRawEvents(database, first), { from: 0, count: warmUp });
    const rawEventIds = await insertRawEvents(database, rest);
    const processes = new Map([...run.services.serverPids, ["own", program.pid]]);
    const before = readCpu(processes);
    const seconds = await apply(rawEventIds, { from: warmUp, count });
    const after = readCpu(processes);
    await assertAllApplied(database, events);
    const updates = countUpdates(rest);
    const cpuMs = (of: string): number => (secondsBetween(before, after, of) / updates) * 1_000_000;
    return { perSecond: updates / seconds, ownCpuMs: cpuMs("own"), postgresCpuMs: cpuMs("PostgreSQL") };
  } finally {
    await program.stop();
    await database.drop();
  }
}

const FILES: Record<ContenderName, string> = {
  naive: "apps/bench/src/benches/ingest/naive-worker.ts",
  bareTwoLanes: "apps/bench/src/benches/ingest/bare-sql.ts",
  bareSql: "apps/bench/src/benches/ingest/bare-sql.ts",
  parley: "apps/worker-ingest/src/main.ts",
};

/** Makes a contender apply stored events, which are `part` of the plan, and returns the seconds until all are applied. */
function createApplier(
  run: BenchRun,
  at: { program: Program; name: ContenderName; kind: PayloadKind; database: BenchDatabase; redisPrefix: string },
): (rawEventIds: string[], part: { from: number; count: number }) => Promise<number> {
  const { program, name, kind, database, redisPrefix } = at;
  return async (rawEventIds, part) => {
    switch (name) {
      case "naive":
        return untilNoneIsPending(database, () => program.call("apply", rawEventIds));
      case "parley":
        return untilNoneIsPending(database, () => enqueue(run, { database, redisPrefix }, rawEventIds));
      case "bareTwoLanes":
      case "bareSql": {
        const request: BareRequest = { ...part, kind, rawEventIds, lanes: name === "bareTwoLanes" ? 2 : 1 };
        await program.call("prepare", request);
        const startedAt = performance.now();
        await program.call("apply");
        return (performance.now() - startedAt) / 1_000;
      }
    }
  };
}

async function enqueue(
  run: BenchRun,
  at: { database: BenchDatabase; redisPrefix: string },
  rawEventIds: readonly string[],
): Promise<void> {
  const database = openDatabase(at.database);
  const publisher = createPublisher({
    redis: { url: run.services.redisUrl, prefix: at.redisPrefix },
    database,
    definitions: [ingestQueue],
    logger: createSilentLogger(),
  });
  const jobs = Array.from({ length: Math.ceil(rawEventIds.length / EVENTS_A_JOB) }, (_empty, index) =>
    outboxRow(ingestQueue, "apply_raw_events", {
      rawEventIds: rawEventIds.slice(index * EVENTS_A_JOB, (index + 1) * EVENTS_A_JOB),
    }),
  );
  try {
    await publisher.queues()[0]?.waitUntilReady();
    await publisher.publish(jobs);
  } finally {
    await publisher.close();
    await database.close();
  }
}
