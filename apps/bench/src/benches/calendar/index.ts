import { step } from "@parley/runtime";
import { median } from "../../statistics.ts";
import { printTable } from "../../table.ts";
import type { Bench } from "../bench.ts";
import { createTasks, type Task } from "./tasks.ts";

const SECONDS = 1;
const ROUNDS = 3;
const BATCH = 100;

/** When something is due: what a due time costs. */
export const calendarBench: Bench = {
  about: "about three working days added, in six zones, against walking day by day with the date library",
  targets: [
    { key: "additionsPerSecond", atLeast: 200_000 },
    { key: "ratioToNaive", atLeast: 50 },
  ],
  async run({ options }) {
    const tasks = createTasks();
    await step(`${tasks.length} due times are the same both ways`, async () => assertSame(tasks));
    const rates = { ours: [] as number[], naive: [] as number[] };
    const rounds = options.rounds ?? ROUNDS;
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of ["naive", "ours"] as const) {
        const work = async (): Promise<number> => measureRate(tasks, name, options.seconds ?? SECONDS);
        rates[name].push(await step(`round ${round} of ${rounds}: ${name}`, work));
      }
    }
    const additionsPerSecond = median(rates.ours);
    const naivePerSecond = median(rates.naive);
    printTable(
      "calendar; median of the rounds, one core",
      ["", "additions/s"],
      [
        ["day by day with the library", Math.round(naivePerSecond)],
        ["packages/calendar", Math.round(additionsPerSecond)],
      ],
    );
    return { additionsPerSecond, ratioToNaive: additionsPerSecond / naivePerSecond };
  },
};

/** Also the warm-up of both. */
function assertSame(tasks: readonly Task[]): void {
  for (const task of tasks) {
    const [ours, naive] = [task.ours(), task.naive()];
    if (ours.getTime() !== naive.getTime()) {
      throw new Error(`a due time is ${ours.toISOString()}, and ${naive.toISOString()} day by day`);
    }
  }
}

function measureRate(tasks: readonly Task[], name: keyof Task, seconds: number): number {
  const startedAt = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < seconds * 1_000) {
    for (let index = 0; index < BATCH; index += 1) tasks[count++ % tasks.length]?.[name]();
    elapsedMs = performance.now() - startedAt;
  }
  return (count / elapsedMs) * 1_000;
}
