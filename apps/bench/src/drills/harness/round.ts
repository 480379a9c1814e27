import { printComparison, type Check } from "./comparison.ts";
import type { DrillOptions } from "../drill-options.ts";
import { startDrillServers, type DrillServers } from "./drill-servers.ts";
import { step, type Env } from "@parley/runtime";
import type { StrikeRecord } from "./strike.ts";

/** What a round has found out. */
export interface RoundResult {
  checks: Check[];
  /** Counts worth reading beside the table, by name. */
  counts: Record<string, number | string>;
  strikes: readonly StrikeRecord[];
}

export interface RoundContext {
  seed: number;
  servers: DrillServers;
  databaseUrl: string;
  /** `webhook_7`: unique within the run, and fit for names of databases, keys and files. */
  name: string;
  /** What the processes inherit. */
  env: Env;
}

/** Runs the rounds of a drill one after the other, each in a new database, and prints what each has found. */
export async function runRounds(
  drill: string,
  options: DrillOptions,
  runRound: (context: RoundContext) => Promise<RoundResult>,
): Promise<boolean> {
  const { seed: firstSeed = 1, rounds = 1, env } = options;
  const servers = await startDrillServers(env);
  const failed: number[] = [];
  try {
    for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
      console.log(`\n${drill} drill, seed ${seed}`);
      const startedAt = performance.now();
      const name = `${drill}_${seed}`;
      await servers.flushRedis();
      const databaseUrl = await step("a new database", () => servers.createDatabase(name));
      const result = await runRound({ seed, servers, databaseUrl, name, env });
      const passed = printResult(result);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(`\n${passed ? "PASSED" : "FAILED"}: ${drill} drill, seed ${seed}, ${seconds} s`);
      if (passed) await servers.dropDatabase(name);
      else {
        failed.push(seed);
        console.log(`  The database ${name} and the logs of the processes stay in ${servers.directory}.`);
      }
    }
  } finally {
    await servers.stop();
  }
  console.log(`\n${drill} drill: ${rounds - failed.length} of ${rounds} rounds passed`);
  if (failed.length > 0) console.log(`  Run one again: npm run drill -- ${drill} --seed ${failed[0]}`);
  return failed.length === 0;
}

function printResult({ checks, counts, strikes }: RoundResult): boolean {
  console.log("\n  strikes (ms after the start of the load):");
  for (const { what, atMs, upAgainAtMs } of strikes) {
    console.log(`  ${String(atMs).padStart(7)}  ${what}${upAgainAtMs > atMs ? `, up again at ${upAgainAtMs}` : ""}`);
  }
  console.log("\n  counts:");
  for (const [name, count] of Object.entries(counts)) console.log(`  ${String(count).padStart(10)}  ${name}`);
  return printComparison(checks);
}
