import { step } from "@parley/runtime";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { EVENTS, measureFollowing } from "./measure-follow.ts";
import { measureQuota } from "./measure-quota.ts";
import { measureRebuild } from "./measure-rebuild.ts";

const LEDGER = 10_000_000;

/** From the log to ledger and sums, from the ledger to sums, and what a limit costs whoever sends. */
export const billingBench: Bench = {
  about:
    "usage rolled up from the log, against one upsert an event; a ledger summed up anew; a limit asked on the way out",
  targets: [
    { key: "eventsPerSecond", atLeast: 20_000 },
    { key: "ratioToNaive", atLeast: 3 },
    { key: "quotaCheckP50Ms", atMost: 0.2 },
  ],
  async run(run) {
    const { eventsPerSecond, naivePerSecond } = await step(`${EVENTS} events`, () => measureFollowing(run));
    printTable(
      "billing: new rows of the ledger a second, with their sums by day, ticket and month",
      ["", "rows/s"],
      [
        ["usual: one upsert an event, 8 connections", Math.round(naivePerSecond)],
        ["Parley: pages of the log, one worker", Math.round(eventsPerSecond)],
      ],
    );
    const { limited, unlimited } = await step("limits", () => measureQuota(run));
    printTable(
      "billing: milliseconds of a statement within a send, at the median, and of one there that does nothing",
      ["", "p50", "nothing"],
      [
        ["a limit asked where there is none", unlimited.askedMs, unlimited.roundTripMs],
        ["a unit taken of a limit", limited.askedMs, limited.roundTripMs],
      ],
    );
    const rows = run.options.scale ?? LEDGER;
    const rebuildSeconds = await step(`${rows} rows of a ledger`, () => measureRebuild(run, rows));
    printTable("billing: all sums of a ledger anew", ["rows", "seconds"], [[rows, rebuildSeconds]]);
    return {
      eventsPerSecond,
      ratioToNaive: eventsPerSecond / naivePerSecond,
      rebuildSeconds,
      quotaCheckP50Ms: limited.askedMs - limited.roundTripMs,
    };
  },
};
