import { step } from "@parley/runtime";
import { median } from "../../statistics.ts";
import type { BenchRun } from "../bench.ts";
import { ask, readAskings, rulesAsked, type Asking } from "./evaluations.ts";
import { openRuleQueries, type RuleQueries } from "./rule-queries.ts";
import { seedAskedWorld } from "./asked-world.ts";
import { openBenchContext } from "./bench-context.ts";

const SECONDS = 2;
const ROUNDS = 3;
/** Of so many events one is asked both ways first: both must say the same. */
const COMPARE_EVERY = 10;

export interface EvaluationRates {
  events: number;
  evaluationsPerSecond: number;
  sqlPerSecond: number;
}

/** How many rules a second are asked about an event: in memory, by one core, and by a query each. */
export async function measureEvaluations(run: BenchRun): Promise<EvaluationRates> {
  const { services, options, undo } = run;
  const database = await services.createDatabase();
  const places = await seedAskedWorld(database);
  const at = { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() };
  const world = await openBenchContext(at, []);
  undo.add("context of the rules bench", () => world.close());
  const askings = await readAskings(world.ctx, places);
  const queries = await openRuleQueries(database);
  undo.add("queries of the rules bench", () => queries.close());
  await step("memory and queries say the same", () => assertSame(askings, queries));

  const rates = { memory: [] as number[], sql: [] as number[] };
  const rounds = options.rounds ?? ROUNDS;
  const seconds = options.seconds ?? SECONDS;
  for (let round = 1; round <= rounds; round += 1) {
    rates.sql.push(
      await step(`round ${round} of ${rounds}: a query a rule`, () => askBySql(askings, queries, seconds)),
    );
    rates.memory.push(await step(`round ${round} of ${rounds}: in memory`, async () => askInMemory(askings, seconds)));
  }
  await queries.close();
  await world.close();
  await database.drop();
  return { events: askings.length, evaluationsPerSecond: median(rates.memory), sqlPerSecond: median(rates.sql) };
}

async function assertSame(askings: readonly Asking[], queries: RuleQueries): Promise<void> {
  let applying = 0;
  for (const asking of askings.filter((_asking, index) => index % COMPARE_EVERY === 0)) {
    const rules = rulesAsked(asking);
    const inMemory = new Set(ask(asking, rules));
    const bySql = await Promise.all(rules.map((rule) => queries.holds(asking, rule)));
    applying += inMemory.size;
    rules.forEach((rule, index) => {
      if (inMemory.has(rule) === bySql[index]) return;
      throw new Error(`${rule.name} of ${asking.event.tenantId}: event ${asking.event.seq} is told apart`);
    });
  }
  if (applying === 0) throw new Error("no rule applies to anything, so equality says nothing");
}

function askInMemory(askings: readonly Asking[], seconds: number): number {
  const startedAt = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < seconds * 1_000) {
    for (const asking of askings) {
      const rules = rulesAsked(asking);
      ask(asking, rules);
      count += rules.length;
    }
    elapsedMs = performance.now() - startedAt;
  }
  return (count / elapsedMs) * 1_000;
}

/** Event by event, its rules at the same time: as many connections as that is worth. */
async function askBySql(askings: readonly Asking[], queries: RuleQueries, seconds: number): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  let next = 0;
  while (performance.now() - startedAt < seconds * 1_000) {
    const asking = askings[next++ % askings.length];
    if (!asking) throw new Error("there is nothing to ask");
    const rules = rulesAsked(asking);
    await Promise.all(rules.map((rule) => queries.holds(asking, rule)));
    count += rules.length;
  }
  return (count / (performance.now() - startedAt)) * 1_000;
}
