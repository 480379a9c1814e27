import { availableParallelism } from "node:os";
import type { Env, ShutdownStack } from "@parley/runtime";
import { benches } from "./benches/index.ts";
import type { RunCommand } from "./command-line.ts";
import { step } from "@parley/runtime";
import { printResults, writeResults, type BenchResult } from "./results.ts";
import { othersShare, readCpu } from "./setting/cpu-use.ts";
import { openServices } from "./setting/services.ts";

/** With all that we start; servers that DATABASE_URL or REDIS_URL name count as others. */
const OURSELVES = new Map([["us", process.pid]]);
const NOTEWORTHY = 0.1;

/** Runs the benches of `command` one after the other, on the same servers. */
export async function runBenches(command: RunCommand, env: Env, undo: ShutdownStack): Promise<void> {
  const services = await step("PostgreSQL and Redis", () => openServices(env, undo));
  console.log(`  ${services.conditions}`);
  const results: BenchResult[] = [];
  for (const name of command.names) {
    const bench = benches[name];
    if (!bench) throw new Error(`there is no bench ${name}`);
    console.log(`\n${name}: ${bench.about}`);
    const before = readCpu(OURSELVES);
    const figures = await bench.run({ services, options: command.options, undo });
    const others = othersShare(before, readCpu(OURSELVES), availableParallelism());
    const result = { bench: name, results: figures };
    printResults(result, bench.targets);
    if (others > NOTEWORTHY) {
      console.log(
        `  Other programs used ${Math.round(others * 100)} % of the machine meanwhile: ratios say more than rates.`,
      );
    }
    results.push(result);
  }
  if (command.json !== undefined) await writeResults(command.json, results);
}
