import { setTimeout as sleep } from "node:timers/promises";
import { cpuPercent, readCpu } from "../../setting/cpu-use.ts";
import { programEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import { countRuns } from "./count-runs.ts";
import { queueMessages, type Outgoing } from "./queue-messages.ts";
import type { Arrivals } from "./simulator-process.ts";

export interface Sending extends Arrivals {
  expected: number;
  /** How often a job was taken up, over messages. */
  runsPerMessage: number;
  /** Percent of one core, by process; empty where that cannot be read. */
  cpu: Map<string, number>;
}

const SIMULATOR = "apps/bench/src/benches/send/simulator-process.ts";
const POLL_MS = 100;
const STUCK_AFTER_MS = 15_000;

/** Queues everything, then starts apps/worker-outbound against the simulator and watches until all has arrived. */
export async function measureSending(run: BenchRun, outgoing: Outgoing): Promise<Sending> {
  const { services } = run;
  const database = await services.createDatabase();
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  await seedWorld(database, { inboxes: outgoing.inboxes, contactsPerInbox: outgoing.conversations });
  const counter = await countRuns({ url: at.redisUrl, prefix: at.redisPrefix });
  run.undo.add("run counter", () => counter.close());
  await queueMessages(at, outgoing);
  await analyze(database);

  const simulator = await startBenchProgram(run, "send-simulator", SIMULATOR, programEnvironment(at));
  const env = programEnvironment(at, { WHATSAPP_API_BASE_URL: await simulator.call<string>("url") });
  const worker = await startBenchProgram(run, "send-worker-outbound", "apps/worker-outbound/src/main.ts", env);
  try {
    const expected = outgoing.inboxes * outgoing.conversations * outgoing.messagesEach;
    const processes = new Map([
      ["worker-outbound", worker.pid],
      ["simulator", simulator.pid],
      ...services.serverPids,
      ["bench", process.pid],
    ]);
    const cpu = await watch(simulator, expected, processes);
    const arrivals = await simulator.call<Arrivals>("arrivals");
    await assertAllSent(database, expected, arrivals);
    return { ...arrivals, expected, runsPerMessage: counter.runs() / expected, cpu };
  } finally {
    await worker.stop();
    await simulator.stop();
    await counter.close();
    await database.drop();
  }
}

/** Waits until all has arrived; returns what CPU was used between a tenth and nine tenths of it. */
async function watch(
  simulator: Program,
  expected: number,
  processes: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  let before: ReturnType<typeof readCpu>;
  let after: ReturnType<typeof readCpu>;
  let last = { count: 0, at: performance.now() };
  while (last.count < expected) {
    const count = await simulator.call<number>("count");
    if (count > last.count) last = { count, at: performance.now() };
    if (performance.now() - last.at > STUCK_AFTER_MS) {
      throw new Error(
        `only ${count} of ${expected} messages arrived, and no more came for ${STUCK_AFTER_MS / 1_000} s`,
      );
    }
    if (!before && count >= expected * 0.1) before = readCpu(processes);
    if (!after && count >= expected * 0.9) after = readCpu(processes);
    await sleep(POLL_MS);
  }
  return before && after ? cpuPercent(before, after) : new Map();
}

/** The last answers may still be on their way to the database. */
async function assertAllSent(
  database: Parameters<typeof withSystem>[0],
  expected: number,
  { accepted }: Arrivals,
): Promise<void> {
  if (accepted !== expected) throw new Error(`${accepted} messages were accepted instead of ${expected}`);
  await withSystem(database, async (client) => {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { rows } = await client.query<{ sent: number }>(
        "select count(*)::int as sent from message where status = 'SENT'",
      );
      if (rows[0]?.sent === expected) return;
      await sleep(POLL_MS);
    }
    throw new Error("not every message that was accepted is recorded as sent");
  });
}
