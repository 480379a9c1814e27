import { step } from "@parley/runtime";
import { percentile } from "../../statistics.ts";
import { printTable, type Cell } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { findSustainedRate } from "./find-sustained-rate.ts";
import { startPipeline } from "./pipeline.ts";
import { runAtRate, type RateRun } from "./run-at-rate.ts";

const SECONDS = 30;
const SHARES = [0.25, 0.5, 0.75] as const;

/** From the webhook to the message that an agent sees. The baseline is the highest rate that is sustained itself. */
export const e2eBench: Bench = {
  about: "webhook in to message committed and visible through the API, at shares of the highest rate that is sustained",
  targets: [
    { key: "p99Ms", atMost: 250 },
    { key: "committedP99Ms", atMost: 250 },
  ],
  async run(run) {
    const seconds = run.options.seconds ?? SECONDS;
    const pipeline = await step("API, worker-ingest and load generator", () => startPipeline(run));
    const highest = await findSustainedRate(pipeline, seconds);
    const runs: RateRun[] = [];
    for (const share of SHARES) {
      const rate = Math.max(1, Math.round(highest.rate * share));
      runs.push(await step(`${share * 100} %: ${rate}/s`, () => runAtRate(pipeline, rate, seconds)));
    }
    await pipeline.stop();

    const [, half] = runs;
    if (!half) throw new Error("every share was measured");
    printTable(
      "e2e: milliseconds from the time planned, open loop",
      ["", "rate/s", "200 p50", "p99", "committed p50", "p95", "p99", "seen by API p50", "p95", "p99", "samples"],
      [...runs.map((result, index) => row(`${(SHARES[index] ?? 0) * 100} %`, result)), row("100 %", highest)],
    );
    printCpu([...runs, highest]);
    // Where the server keeps no commit times, being seen bounds being committed.
    const committedMs = half.committedMs.length > 0 ? half.committedMs : half.visibleMs;
    return {
      sustainedPerSecond: highest.rate,
      p50Ms: percentile(half.visibleMs, 0.5),
      p95Ms: percentile(half.visibleMs, 0.95),
      p99Ms: percentile(half.visibleMs, 0.99),
      committedP50Ms: percentile(committedMs, 0.5),
      committedP99Ms: percentile(committedMs, 0.99),
    };
  },
};

function row(what: string, { rate, ackP50Ms, ackP99Ms, committedMs, visibleMs }: RateRun): Cell[] {
  const committed = (rank: number): Cell => (committedMs.length > 0 ? percentile(committedMs, rank) : "?");
  return [
    what,
    rate,
    ackP50Ms,
    ackP99Ms,
    committed(0.5),
    committed(0.95),
    committed(0.99),
    percentile(visibleMs, 0.5),
    percentile(visibleMs, 0.95),
    percentile(visibleMs, 0.99),
    visibleMs.length,
  ];
}

function printCpu(runs: readonly RateRun[]): void {
  const [first] = runs;
  if (!first || first.cpu.size === 0) return;
  printTable(
    "CPU, percent of one core",
    ["", ...runs.map(({ rate }) => `${rate}/s`)],
    [...first.cpu.keys()].map((name) => [name, ...runs.map(({ cpu }) => `${Math.round(cpu.get(name) ?? NaN)} %`)]),
  );
}
