import { step } from "@parley/runtime";
import { plainEnvironment, programEnvironment } from "../../setting/environment.ts";
import { printTable } from "../../table.ts";
import { seedAgents, signInAgent } from "../../world/seed-agents.ts";
import { seedWorld } from "../../world/seed-world.ts";
import type { Bench, BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import type { ReadRequest, Reading } from "./reader.ts";

const LOGINS = 200;
const CONCURRENCY = 50;
const CONTACTS = 1_000;
/** A thousand reads: fewer have no p99 to compare with. */
const IDLE_SECONDS = 20;
/** Somebody who pages through lists, well within what the server can do. */
const READS_PER_SECOND = 50;

/** Whether those who work feel those who sign in. */
export const loginBench: Bench = {
  about: `${LOGINS} logins, ${CONCURRENCY} at a time, while another client reads lists`,
  targets: [{ key: "readerSlowdown", atMost: 2 }],
  async run(run) {
    const api = await startApi(run);
    const reader = await startBenchProgram(
      run,
      "login-reader",
      "apps/bench/src/benches/login/reader.ts",
      plainEnvironment(),
    );
    const token = await signInAgent(api);
    const read = (seconds: number): Promise<Reading> =>
      reader.call("read", { url: api, token, perSecond: READS_PER_SECOND, seconds } satisfies ReadRequest);
    await step("warm-up", () => read(2));
    const idle = await step("reading alone", () => read(run.options.seconds ?? IDLE_SECONDS));

    const reading = reader.call<Reading>("readUntilStopped", { url: api, token, perSecond: READS_PER_SECOND });
    const startedAt = performance.now();
    await step(`${LOGINS} logins`, () => signInAll(api));
    const loginSeconds = (performance.now() - startedAt) / 1_000;
    await reader.call("stop");
    const busy = await reading;

    printTable(
      "login; milliseconds of a list of 50 contacts, from the time planned",
      ["", "reads", "p50", "p99"],
      [
        ["alone", idle.count, idle.p50Ms, idle.p99Ms],
        [`beside ${(LOGINS / loginSeconds).toFixed(1)} logins/s`, busy.count, busy.p50Ms, busy.p99Ms],
      ],
    );
    return {
      readerSlowdown: busy.p99Ms / idle.p99Ms,
      idleP99Ms: idle.p99Ms,
      busyP99Ms: busy.p99Ms,
      loginsPerSecond: LOGINS / loginSeconds,
    };
  },
};

async function signInAll(url: string): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let n = next++; n < LOGINS; n = next++) await signInAgent(url, n);
    }),
  );
}

async function startApi(run: BenchRun): Promise<string> {
  const { services } = run;
  const database = await services.createDatabase();
  await seedWorld(database, { inboxes: 1, contactsPerInbox: CONTACTS });
  await seedAgents(database, { count: LOGINS, cost: 12 });
  const env = programEnvironment({ database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() });
  const api = await startBenchProgram(run, "login-api", "apps/api/src/main.ts", { ...env, PORT: "0" });
  if (api.url === undefined) throw new Error("the API did not say where it listens");
  return api.url;
}
