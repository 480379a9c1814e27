import { step } from "@parley/runtime";
import type { LoadResult } from "../../load/drive-connections.ts";
import { plainEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import { median } from "../../statistics.ts";
import { printTable } from "../../table.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { Bench } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import type { LoadRequest } from "./load-generator.ts";
import { startServers, type AcceptingServer } from "./servers.ts";

const GENERATOR = "apps/bench/src/benches/accept/load-generator.ts";
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const ROUNDS = 3;

/** From the request to its 200, which means that the bytes are committed. */
export const acceptBench: Bench = {
  about:
    "signed webhooks over 100 connections to a committed row and a 200, against one row and one job a request, and " +
    "against a server that checks and forgets",
  targets: [
    { key: "ratioToNaive", atLeast: 4 },
    { key: "ratioToNoStorage", atLeast: 0.3 },
    { key: "p99Ms", atMost: 60 },
  ],
  async run(run) {
    const servers = await step("the servers", () => startServers(run));
    const generator = await startBenchProgram(run, "accept-load-generator", GENERATOR, plainEnvironment());
    const names = Object.keys(servers) as (keyof typeof servers)[];
    const results: Record<keyof typeof servers, LoadResult[]> = {
      naive: [],
      noStorage: [],
      parley: [],
      parleyWithoutRedis: [],
    };
    const rounds = run.options.rounds ?? ROUNDS;
    for (let round = 0; round <= rounds; round += 1) {
      const seconds = round === 0 ? WARM_UP_SECONDS : (run.options.seconds ?? SECONDS);
      for (const name of names) {
        const what = round === 0 ? `warm-up: ${name}` : `round ${round} of ${rounds}: ${name}`;
        const result = await step(what, () => measure(generator, servers[name], seconds, round));
        if (round > 0) results[name].push(result);
      }
    }
    for (const { program, database } of Object.values(servers)) {
      await program.stop();
      await database?.drop();
    }
    await generator.stop();

    const medians = names.map((name) => ({ what: servers[name].what, ...mediansOf(results[name]) }));
    const [naive, noStorage, parley, parleyWithoutRedis] = medians;
    if (!naive || !noStorage || !parley || !parleyWithoutRedis) throw new Error("every server was measured");
    printTable(
      "accept; median of the rounds",
      ["", "requests/s", "Parley is", "p50 ms", "p99 ms"],
      medians.map(({ what, perSecond, p50Ms, p99Ms }) => [
        what,
        Math.round(perSecond),
        `${(parley.perSecond / perSecond).toFixed(2)}×`,
        p50Ms,
        p99Ms,
      ]),
    );
    return {
      ratioToNaive: parley.perSecond / naive.perSecond,
      ratioToNoStorage: parley.perSecond / noStorage.perSecond,
      p99Ms: parley.p99Ms,
      rps: parley.perSecond,
      ratioWithoutRedis: parleyWithoutRedis.perSecond / parley.perSecond,
    };
  },
};

/** One round. Throws when a webhook was refused, or when one that was answered with 200 has no row. */
async function measure(
  generator: Program,
  { what, url, database }: AcceptingServer,
  seconds: number,
  round: number,
): Promise<LoadResult> {
  const before = await countRows(database);
  const request: LoadRequest = { url, seconds, round: `r${round}`, mayRepeat: database === undefined };
  const result = await generator.call<LoadResult>("generate", request);
  if (result.refused > 0) throw new Error(`${what}: ${result.refused} webhooks were not answered with 200`);
  const stored = (await countRows(database)) - before;
  if (database && stored !== result.accepted) {
    throw new Error(`${what}: ${result.accepted} webhooks were answered with 200, ${stored} have a row`);
  }
  return result;
}

async function countRows(database: AcceptingServer["database"]): Promise<number> {
  if (!database) return 0;
  const { rows } = await withSystem(database, (client) =>
    client.query<{ count: number }>("select count(*)::int as count from raw_webhook_event"),
  );
  return rows[0]?.count ?? NaN;
}

function mediansOf(results: readonly LoadResult[]): Pick<LoadResult, "perSecond" | "p50Ms" | "p99Ms"> {
  return {
    perSecond: median(results.map(({ perSecond }) => perSecond)),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
  };
}
