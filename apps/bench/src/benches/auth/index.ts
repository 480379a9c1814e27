import { step } from "@parley/runtime";
import type { LoadResult } from "../../load/drive-connections.ts";
import type { GetRequest } from "../../load/get-generator.ts";
import { plainEnvironment, programEnvironment } from "../../setting/environment.ts";
import { median } from "../../statistics.ts";
import { printTable } from "../../table.ts";
import { seedAgents, signInAgent } from "../../world/seed-agents.ts";
import { seedWorld } from "../../world/seed-world.ts";
import type { Bench, BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const ROUNDS = 3;
const CONNECTIONS = 50;
/** Each with a limit of their own, as they would have. */
const AGENTS = 50;
/** Counted, and never reached. */
const RATE_LIMITS = "user.read=999999999,tenant.read=999999999,address.auth=999999999";

/** What identity, session, permission and rate limit cost a request. */
export const authBench: Bench = {
  about: `GET /auth/me over ${CONNECTIONS} connections, signed in and limited, against the same answer for anybody`,
  targets: [{ key: "ratioToBare", atLeast: 0.35 }],
  async run(run) {
    const { bare, parley, tokens } = await step("the servers", () => startServers(run));
    const generator = await startBenchProgram(
      run,
      "auth-generator",
      "apps/bench/src/load/get-generator.ts",
      plainEnvironment(),
    );
    const results = { bare: [] as LoadResult[], parley: [] as LoadResult[] };
    const rounds = run.options.rounds ?? ROUNDS;
    for (let round = 0; round <= rounds; round += 1) {
      const seconds = round === 0 ? WARM_UP_SECONDS : (run.options.seconds ?? SECONDS);
      for (const [name, url] of Object.entries({ bare, parley }) as ["bare" | "parley", string][]) {
        const request: GetRequest = { url, path: "/api/v1/auth/me", tokens, connections: CONNECTIONS, seconds };
        const what = round === 0 ? `warm-up: ${name}` : `round ${round} of ${rounds}: ${name}`;
        const result = await step(what, () => generator.call<LoadResult>("generate", request));
        if (result.refused > 0) throw new Error(`${name}: ${result.refused} requests were not answered with 200`);
        if (round > 0) results[name].push(result);
      }
    }
    const of = (name: "bare" | "parley", key: "perSecond" | "p50Ms" | "p99Ms"): number =>
      median(results[name].map((result) => result[key]));
    printTable(
      "auth; median of the rounds",
      ["", "requests/s", "p50 ms", "p99 ms"],
      (["bare", "parley"] as const).map((name) => [
        name === "bare" ? "the route alone" : "Parley: signed in, permitted, limited",
        Math.round(of(name, "perSecond")),
        of(name, "p50Ms"),
        of(name, "p99Ms"),
      ]),
    );
    return {
      ratioToBare: of("parley", "perSecond") / of("bare", "perSecond"),
      p99Ms: of("parley", "p99Ms"),
      perSecond: of("parley", "perSecond"),
    };
  },
};

async function startServers(run: BenchRun): Promise<{ bare: string; parley: string; tokens: string[] }> {
  const { services } = run;
  const database = await services.createDatabase();
  await seedWorld(database, { inboxes: 1, contactsPerInbox: 1 });
  await seedAgents(database, { count: AGENTS, cost: 4 });
  const env = programEnvironment({ database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() });
  const bare = await startBenchProgram(run, "auth-bare", "apps/bench/src/benches/auth/bare-server.ts", env);
  const api = await startBenchProgram(run, "auth-api", "apps/api/src/main.ts", { ...env, PORT: "0", RATE_LIMITS });
  if (api.url === undefined) throw new Error("the API did not say where it listens");
  const tokens: string[] = [];
  for (let n = 0; n < AGENTS; n += 1) tokens.push(await signInAgent(api.url, n));
  return { bare: await bare.call<string>("url"), parley: api.url, tokens };
}
