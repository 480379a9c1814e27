import { step } from "@parley/runtime";
import { median } from "../../statistics.ts";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { printTable, type Cell } from "../../table.ts";
import type { Bench, BenchRun } from "../bench.ts";
import { CONTENDERS, measureContender, type ContenderName, type Measured } from "./contenders.ts";
import { CONTACTS_PER_INBOX, INBOXES, type PayloadKind } from "./plan-events.ts";
import { seedIngestWorld } from "./seed-ingest-world.ts";

const ROUNDS = 3;

/** From stored webhooks to committed messages. */
export const ingestBench: Bench = {
  about:
    "raw webhook events to committed messages, against one job an event with Prisma, and against bare set-wise SQL " +
    "that writes the same rows",
  targets: [
    { key: "ratioToNaive", atLeast: 8 },
    { key: "ratioToBareSql", atLeast: 0.6 },
    { key: "mixedRatioToNaive", atLeast: 8 },
    { key: "mixedRatioToBareSql", atLeast: 0.6 },
  ],
  async run(run) {
    const world = await step(`${INBOXES * CONTACTS_PER_INBOX} contacts with conversations and tickets`, async () => {
      const database = await run.services.createDatabase();
      await seedIngestWorld(database);
      return database;
    });
    const single = await compare(run, "single", world);
    const mixed = await compare(run, "mixed", world);
    await world.drop();
    print("one message a webhook", single);
    print("several messages, statuses and repetitions a webhook (counted: each of them)", mixed);
    console.log("  ratioToNaive, ratioToBareSql and perSecond are those of one message a webhook.");
    return {
      ratioToNaive: ratio(single, "naive"),
      ratioToBareSql: ratio(single, "bareSql"),
      perSecond: single.parley.perSecond,
      ratioToBareSqlTwoAtATime: ratio(single, "bareTwoLanes"),
      mixedRatioToNaive: ratio(mixed, "naive"),
      mixedRatioToBareSql: ratio(mixed, "bareSql"),
      mixedPerSecond: mixed.parley.perSecond,
    };
  },
};

const ratio = (rates: Rates, baseline: ContenderName): number => rates.parley.perSecond / rates[baseline].perSecond;

type Rates = Record<ContenderName, Measured>;

/** Rounds are interleaved, so that what slows the machine down slows every contender down. */
async function compare(run: BenchRun, kind: PayloadKind, world: BenchDatabase): Promise<Rates> {
  const rounds = run.options.rounds ?? ROUNDS;
  const measured: Record<ContenderName, Measured[]> = { naive: [], bareTwoLanes: [], bareSql: [], parley: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of CONTENDERS) {
      const what = `${kind}, round ${round} of ${rounds}: ${name}`;
      measured[name].push(await step(what, () => measureContender(run, { name, kind, world })));
    }
  }
  return {
    naive: medians(measured.naive),
    bareTwoLanes: medians(measured.bareTwoLanes),
    bareSql: medians(measured.bareSql),
    parley: medians(measured.parley),
  };
}

function medians(measured: readonly Measured[]): Measured {
  return {
    perSecond: median(measured.map(({ perSecond }) => perSecond)),
    ownCpuMs: median(measured.map(({ ownCpuMs }) => ownCpuMs)),
    postgresCpuMs: median(measured.map(({ postgresCpuMs }) => postgresCpuMs)),
  };
}

function print(title: string, rates: Rates): void {
  const row = (what: string, { perSecond, ownCpuMs, postgresCpuMs }: Measured): Cell[] => [
    what,
    Math.round(perSecond),
    `${(rates.parley.perSecond / perSecond).toFixed(2)}×`,
    Number.isNaN(ownCpuMs) ? "?" : Math.round(ownCpuMs),
    Number.isNaN(postgresCpuMs) ? "?" : Math.round(postgresCpuMs),
  ];
  const headings = ["", "updates/s", "Parley is", "own CPU ms/1,000", "PostgreSQL's"];
  printTable(`ingest, ${title}; median of the rounds`, headings, [
    row("naive: a job an event, Prisma step by step", rates.naive),
    row("bare set-wise SQL, batch after batch", rates.bareSql),
    row("bare set-wise SQL, two batches at a time", rates.bareTwoLanes),
    row("Parley: apps/worker-ingest", rates.parley),
  ]);
}
