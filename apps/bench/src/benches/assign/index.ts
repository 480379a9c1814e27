import { step } from "@parley/runtime";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { AGENTS } from "./assign-world.ts";
import { BACKLOG, measureArrivals, measureBacklog, measureNaive, RATE } from "./measure-assignment.ts";

const SECONDS = 20;

/** From a ticket that nobody has to a person who does. */
export const assignBench: Bench = {
  about: `tickets given to ${AGENTS} agents in turn as ${RATE}/s arrive, and a backlog, against one transaction a ticket in bare pg`,
  targets: [
    { key: "assignmentsPerSecond", atLeast: RATE * 0.95 },
    { key: "p99Ms", atMost: 1_000 },
    { key: "backlogRatioToNaive", atLeast: 3 },
  ],
  async run(run) {
    const seconds = run.options.seconds ?? SECONDS;
    const naivePerSecond = await step("naive: one transaction a ticket", () => measureNaive(run));
    const backlogPerSecond = await step(`a backlog of ${BACKLOG} drains`, () => measureBacklog(run));
    const arrivals = await step(`${RATE}/s arrive for ${seconds} s`, () => measureArrivals(run, seconds));
    printTable(
      `assign: ${AGENTS} agents, round robin; milliseconds from the commit of the arrival to that of the assignment`,
      ["", "assignments/s", "p50", "p99", "tickets"],
      [
        [`${RATE}/s arrive`, arrivals.perSecond, arrivals.p50Ms, arrivals.p99Ms, arrivals.count],
        ["a backlog drains", backlogPerSecond, "", "", BACKLOG],
        ["naive: a backlog, one transaction a ticket", naivePerSecond, "", "", ""],
      ],
    );
    if (arrivals.cpu.size > 0) {
      printTable(
        `CPU at ${RATE}/s, percent of one core`,
        ["", ""],
        [...arrivals.cpu].map(([name, percent]) => [name, `${Math.round(percent)} %`]),
      );
    }
    return {
      assignmentsPerSecond: arrivals.perSecond,
      p50Ms: arrivals.p50Ms,
      p99Ms: arrivals.p99Ms,
      backlogPerSecond,
      backlogRatioToNaive: backlogPerSecond / naivePerSecond,
    };
  },
};
