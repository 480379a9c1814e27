import { step } from "@parley/runtime";
import { plainEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import { median, percentile } from "../../statistics.ts";
import { formatNumber, printTable } from "../../table.ts";
import type { Bench, BenchRun } from "../bench.ts";
import { OPERATIONS, type Operation, type OperationName } from "./operations.ts";
import { readPageSizes, type PageSizes } from "./page-sizes.ts";
import type { GenerateRequest, Latencies } from "./request-generator.ts";
import { openWorld, start, type Contender, type World } from "./world.ts";

const SECONDS = 3;
const WARM_UP_SECONDS = 1;
const ROUNDS = 3;
/** Few enough that servers are measured, and not queues in front of them. */
const CONNECTIONS = 4;
const SMALL = 10_000;
const LARGE = 1_000_000;

const CONTENDERS = ["raw", "parley"] as const satisfies readonly Contender[];
const SIZES = ["small", "large"] as const;
type Size = (typeof SIZES)[number];

/** The latencies of one operation in milliseconds: by world and server, of each round by label. */
type Measured = Record<Size, Record<Contender, Latencies[][]>>;

export const ticketsBench: Bench = {
  about: `what agents do all day, over ${CONNECTIONS} connections, against the same queries in node-postgres alone`,
  targets: [
    { key: "ratioToRaw", atMost: 3 },
    { key: "growth", atMost: 1.5 },
  ],
  async run(run) {
    // The large one first: filling it may take longer than whoever is signed in stays so.
    const large = await openWorld(run, "large", run.options.scale ?? LARGE);
    const worlds: Record<Size, World> = { small: await openWorld(run, "small", SMALL), large };
    const pageSizes = await step("sizes of pages", () => readPageSizes(worlds.small));
    const file = "apps/bench/src/benches/tickets/request-generator.ts";
    const generator = await start(run, "tickets-generator", file, plainEnvironment());
    const figures = new Map<OperationName, ReturnType<typeof figuresOf>>();
    for (const name of Object.keys(OPERATIONS) as OperationName[]) {
      const measured = await measure(run, { operation: OPERATIONS[name], worlds, pageSizes }, generator);
      printOperation(OPERATIONS[name].about, worlds, measured);
      figures.set(name, figuresOf(measured));
    }
    const worst = (key: "ratioToRaw" | "growth"): number =>
      Math.max(...[...figures].filter(([name]) => key !== "growth" || !answersMore(name)).map(([, each]) => each[key]));
    const ofEach = [...figures].flatMap(([name, each]) =>
      Object.entries(each).map(([key, value]) => [`${name}${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
    );
    return {
      listP99Ms: figures.get("list")?.p99Ms ?? NaN,
      ratioToRaw: worst("ratioToRaw"),
      growth: worst("growth"),
      ...Object.fromEntries(ofEach),
    };
  },
};

function answersMore(name: OperationName): boolean {
  const operation: Operation = OPERATIONS[name];
  return operation.answersMore === true;
}

async function measure(
  run: BenchRun,
  { operation, worlds, pageSizes }: { operation: Operation; worlds: Record<Size, World>; pageSizes: PageSizes },
  generator: Program,
): Promise<Measured> {
  const measured: Measured = { small: { raw: [], parley: [] }, large: { raw: [], parley: [] } };
  const rounds = run.options.rounds ?? ROUNDS;
  for (let round = 0; round <= rounds; round += 1) {
    await step(`${operation.about}: ${round === 0 ? "warm-up" : `round ${round} of ${rounds}`}`, async () => {
      for (const size of SIZES) {
        for (const contender of CONTENDERS) {
          const seconds = round === 0 ? WARM_UP_SECONDS : (run.options.seconds ?? SECONDS);
          const world = { ...worlds[size], pageSizes };
          const latencies = await measureOnce(operation, world, contender, generator, seconds);
          if (round > 0) measured[size][contender].push(latencies);
        }
      }
    });
  }
  return measured;
}

async function measureOnce(
  operation: Operation,
  world: World & { pageSizes: PageSizes },
  contender: Contender,
  generator: Program,
  seconds: number,
): Promise<Latencies[]> {
  const { requests, undo } = await operation.prepare(world);
  const request: GenerateRequest = {
    url: world.urls[contender],
    connections: CONNECTIONS,
    requests,
    ...(operation.isOnce ? {} : { seconds }),
  };
  const latencies = await generator.call<Latencies[]>("generate", request);
  await undo?.();
  return latencies;
}

/** Medians over the rounds; growth is that of the median latency. */
function figuresOf(measured: Measured) {
  const p50 = (size: Size, contender: Contender): number => rank(measured[size][contender], 0.5);
  return {
    p50Ms: p50("large", "parley"),
    p99Ms: rank(measured.large.parley, 0.99),
    ratioToRaw: p50("large", "parley") / p50("large", "raw"),
    growth: p50("large", "parley") / p50("small", "parley"),
    rawGrowth: p50("large", "raw") / p50("small", "raw"),
  };
}

function rank(rounds: readonly Latencies[][], share: number, label?: string): number {
  return median(
    rounds.map((round) =>
      percentile(
        round.filter((each) => label === undefined || each.label === label).flatMap((each) => each.milliseconds),
        share,
      ),
    ),
  );
}

function printOperation(about: string, worlds: Record<Size, World>, measured: Measured): void {
  const labels = measured.large.parley[0]?.map(({ label }) => label) ?? [];
  const named: [string, string | undefined][] = [
    ["all", undefined],
    ...(labels.length > 1 ? labels.map((label): [string, string] => [label, label]) : []),
  ];
  const columns = SIZES.flatMap((size) => CONTENDERS.map((contender) => ({ size, contender })));
  printTable(
    `${about}; milliseconds, p50 / p99, median of the rounds`,
    ["", ...columns.map(({ size, contender }) => `${contender}, ${formatNumber(worlds[size].tickets)} tickets`)],
    named.map(([name, label]) => [
      name,
      ...columns.map(({ size, contender }) =>
        [0.5, 0.99].map((share) => formatNumber(rank(measured[size][contender], share, label))).join(" / "),
      ),
    ]),
  );
}
