import { step } from "@parley/runtime";
import { plainEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import { median, percentile } from "../../statistics.ts";
import { formatNumber, printTable } from "../../table.ts";
import type { Bench, BenchRun } from "../bench.ts";
import type { GenerateRequest, Latencies, PreparedRequest } from "../tickets/request-generator.ts";
import { start } from "../tickets/world.ts";
import { OPERATIONS, requestsOf, type OperationName } from "./operations.ts";
import { findSought } from "./sought.ts";
import { openListWorld, type ListWorld } from "./world.ts";

const SECONDS = 2;
const WARM_UP_SECONDS = 1;
const ROUNDS = 3;
/** Few enough that servers are measured, and not queues in front of them. */
const CONNECTIONS = 4;
const SMALL = 10_000;
const LARGE = 1_000_000;

const SIZES = ["small", "large"] as const;
const CONTENDERS = ["raw", "parley"] as const;
type Measured = Record<(typeof SIZES)[number], Record<(typeof CONTENDERS)[number], number[][]>>;

const NAMES = Object.keys(OPERATIONS) as OperationName[];
const MOST_GROWTH: Partial<Record<OperationName, number>> = { commonWord: 3 };

export const listsBench: Bench = {
  about: `lists, searches and reports, over ${CONNECTIONS} connections, against the same queries in node-postgres alone`,
  targets: NAMES.flatMap((name) => [
    { key: keyOf("ratio", name), atMost: 3 },
    { key: keyOf("growth", name), atMost: MOST_GROWTH[name] ?? 1.5 },
  ]),
  async run(run) {
    // The large one first: filling it may take longer than whoever is signed in stays so.
    const large = await openListWorld(run, "large", run.options.scale ?? LARGE);
    const worlds = { small: await openListWorld(run, "small", SMALL), large };
    const file = "apps/bench/src/benches/tickets/request-generator.ts";
    const generator = await start(run, "lists-generator", file, plainEnvironment());
    const figures: Record<string, number> = {};
    const rows: string[][] = [];
    for (const name of NAMES) {
      const measured = await measure(run, name, worlds, generator);
      const p50 = (size: "small" | "large", contender: "raw" | "parley"): number =>
        rank(measured[size][contender], 0.5);
      figures[`${name}P50Ms`] = p50("large", "parley");
      figures[`${name}P99Ms`] = rank(measured.large.parley, 0.99);
      figures[keyOf("ratio", name)] = p50("large", "parley") / p50("large", "raw");
      figures[keyOf("growth", name)] = p50("large", "parley") / p50("small", "parley");
      rows.push([
        OPERATIONS[name].about,
        ...SIZES.flatMap((size) =>
          CONTENDERS.map((contender) =>
            [0.5, 0.99].map((share) => formatNumber(rank(measured[size][contender], share))).join(" / "),
          ),
        ),
      ]);
    }
    const columns = SIZES.flatMap((size) =>
      CONTENDERS.map((each) => `${each}, ${formatNumber(worlds[size].tickets)} tickets`),
    );
    printTable("milliseconds, p50 / p99, median of the rounds", ["", ...columns], rows);
    return figures;
  },
};

function keyOf(figure: "ratio" | "growth", name: OperationName): string {
  return `${figure}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

async function measure(
  run: BenchRun,
  name: OperationName,
  worlds: Record<"small" | "large", ListWorld>,
  generator: Program,
): Promise<Measured> {
  const measured: Measured = { small: { raw: [], parley: [] }, large: { raw: [], parley: [] } };
  const requests = { small: await prepare(name, worlds.small), large: await prepare(name, worlds.large) };
  const rounds = run.options.rounds ?? ROUNDS;
  for (let round = 0; round <= rounds; round += 1) {
    await step(`${OPERATIONS[name].about}: ${round === 0 ? "warm-up" : `round ${round} of ${rounds}`}`, async () => {
      for (const size of SIZES) {
        for (const contender of CONTENDERS) {
          const seconds = round === 0 ? WARM_UP_SECONDS : (run.options.seconds ?? SECONDS);
          const request: GenerateRequest = {
            url: worlds[size].urls[contender],
            connections: CONNECTIONS,
            requests: requests[size],
            seconds,
          };
          const latencies = await generator.call<Latencies[]>("generate", request);
          if (round > 0) measured[size][contender].push(latencies.flatMap(({ milliseconds }) => milliseconds));
        }
      }
    });
  }
  return measured;
}

async function prepare(name: OperationName, world: ListWorld): Promise<PreparedRequest[]> {
  const sought = await findSought(
    world.database,
    world.agents.map(({ tenantId }) => tenantId),
  );
  return requestsOf(OPERATIONS[name], world, sought);
}

function rank(rounds: readonly number[][], share: number): number {
  return median(rounds.map((round) => percentile(round, share)));
}
