import { setTimeout as sleep } from "node:timers/promises";
import { cpuPercent, readCpu } from "../../setting/cpu-use.ts";
import { commitLatencies } from "./commit-latencies.ts";
import type { PostResult } from "./open-loop-generator.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Schedule } from "./schedule.ts";
import { watchVisibility } from "./watch-visibility.ts";

export interface RateRun extends PostResult {
  rate: number;
  /** No webhook was refused, and what waited at the end would be worked off in less than `BACKLOG_SECONDS`. */
  isSustained: boolean;
  backlog: number;
  /** For every message, from the time planned to its commit; empty where the server does not keep commit times. */
  committedMs: Float64Array;
  /** For a sample, from the time planned to an answer of the API that has the message. */
  visibleMs: number[];
  cpu: ReadonlyMap<string, number>;
}

const BACKLOG_SECONDS = 0.5;
/** The generator makes its requests first. */
const LEAD_MS = 500;
const MAKING_MS_EACH = 0.05;

let runs = 0;

/** Posts at `rate` for `seconds`, and lets everything drain before it returns. */
export async function runAtRate(pipeline: Pipeline, rate: number, seconds: number): Promise<RateRun> {
  runs += 1;
  const startAt = Date.now() + LEAD_MS + rate * seconds * MAKING_MS_EACH;
  const schedule: Schedule = { startAt, rate, seconds, run: `e2e${runs}` };
  const endsAt = startAt + seconds * 1_000;
  const visible = watchVisibility(pipeline.agent, schedule);
  // Awaited below; a failure before that must not go unhandled.
  visible.catch(() => undefined);
  const posting = pipeline.generator.call<PostResult>("post", { ...schedule, url: pipeline.url });
  posting.catch(() => undefined);

  await sleep(startAt - Date.now());
  const before = readCpu(pipeline.pids);
  await sleep(endsAt - Date.now());
  const backlog = await pipeline.backlog();
  const after = readCpu(pipeline.pids);
  const posted = await posting;
  const isLate = Date.now() - endsAt > BACKLOG_SECONDS * 1_000;
  await pipeline.drained();
  return {
    ...posted,
    rate,
    backlog,
    isSustained: posted.refused === 0 && !isLate && backlog <= rate * BACKLOG_SECONDS,
    committedMs: await commitLatencies(pipeline.database, schedule),
    visibleMs: await visible,
    cpu: before && after ? cpuPercent(before, after) : new Map(),
  };
}
