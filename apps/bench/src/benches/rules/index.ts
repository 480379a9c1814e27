import { step } from "@parley/runtime";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { measureActions, RATE, type ActionRun } from "./measure-actions.ts";
import { measureEvaluations } from "./measure-evaluations.ts";
import { RULES_PER_TENANT, TENANTS } from "./rule-mix.ts";

const SECONDS = 20;

/** From an event to what rules say to it, and from a message to what a rule has done. */
export const rulesBench: Bench = {
  about: `${TENANTS * RULES_PER_TENANT} rules asked in memory, against a query a rule; actions while ${RATE} messages/s arrive`,
  targets: [
    { key: "evaluationsPerSecond", atLeast: 50_000 },
    // A query is a round trip of some hundred microseconds, whatever it asks; a rule in memory takes a few.
    { key: "ratioToSql", atLeast: 10 },
    { key: "p99Ms", atMost: 500 },
  ],
  async run(run) {
    const { events, evaluationsPerSecond, sqlPerSecond } = await measureEvaluations(run);
    printTable(
      `rules: ${RULES_PER_TENANT} of each of ${TENANTS} companies, asked about ${events} events; median of the rounds`,
      ["", "evaluations/s"],
      [
        ["usual: a prepared query for each rule and event", Math.round(sqlPerSecond)],
        ["Parley: compiled, facts in memory, one core", Math.round(evaluationsPerSecond)],
      ],
    );
    const seconds = run.options.seconds ?? SECONDS;
    const actions = await step(`${RATE} messages/s for ${seconds} s`, () => measureActions(run, seconds));
    printActions(actions);
    return {
      evaluationsPerSecond,
      ratioToSql: evaluationsPerSecond / sqlPerSecond,
      p50Ms: actions.p50Ms,
      p99Ms: actions.p99Ms,
      actionsPerSecond: actions.actionsPerSecond,
      executionsPerSecond: actions.executionsPerSecond,
    };
  },
};

function printActions({ messages, actionsPerSecond, executionsPerSecond, p50Ms, p99Ms, cpu }: ActionRun): void {
  printTable(
    "rules: milliseconds from the commit of a message to that of what a rule did about it",
    ["", "actions/s", "executions recorded/s", "p50", "p99", "messages"],
    [[`${RATE} messages/s arrive`, actionsPerSecond, executionsPerSecond, p50Ms, p99Ms, messages]],
  );
  if (cpu.size === 0) return;
  printTable(
    `CPU at ${RATE} messages/s, percent of one core`,
    ["", ""],
    [...cpu].map(([name, percent]) => [name, `${Math.round(percent)} %`]),
  );
}
