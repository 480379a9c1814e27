import type { BenchDatabase } from "../../setting/bench-database.ts";
import { plainEnvironment, programEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import { waitFor } from "../../wait-for.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";
import { openAgent, type Agent } from "./agent.ts";
import { CONTACTS_PER_INBOX, INBOXES } from "./schedule.ts";

/** The processes from the webhook to the message, and who posts and looks. */
export interface Pipeline {
  database: BenchDatabase;
  url: string;
  generator: Program;
  agent: Agent;
  /** Of all of them, for their CPU use. */
  pids: ReadonlyMap<string, number>;
  /** How many webhooks are stored and not yet applied. */
  backlog(): Promise<number>;
  /** Resolves when there is none. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

const GENERATOR = "apps/bench/src/benches/e2e/open-loop-generator.ts";
const DRAIN_TIMEOUT_MS = 120_000;

// raw_webhook_event_pending_idx
const COUNT_PENDING = "select count(*)::int as count from raw_webhook_event where status = 'RECEIVED'";

/** Starts the real API and the real worker-ingest over a database with contacts and an agent. */
export async function startPipeline(run: BenchRun): Promise<Pipeline> {
  const { services } = run;
  const database = await services.createDatabase();
  await seedWorld(database, { inboxes: INBOXES, contactsPerInbox: CONTACTS_PER_INBOX });
  await analyze(database);
  const env = programEnvironment(
    { database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() },
    { PORT: "0" },
  );
  const api = await startBenchProgram(run, "e2e-api", "apps/api/src/main.ts", env);
  const worker = await startBenchProgram(run, "e2e-worker-ingest", "apps/worker-ingest/src/main.ts", env);
  const generator = await startBenchProgram(run, "e2e-generator", GENERATOR, plainEnvironment());
  const { url } = api;
  if (url === undefined) throw new Error("the API did not say where it listens");

  const backlog = async (): Promise<number> => {
    const { rows } = await withSystem(database, (client) => client.query<{ count: number }>(COUNT_PENDING));
    return rows[0]?.count ?? NaN;
  };
  return {
    database,
    url,
    generator,
    agent: await openAgent(database, url),
    pids: new Map([
      ["api", api.pid],
      ["worker-ingest", worker.pid],
      ["generator", generator.pid],
      ...services.serverPids,
      ["bench", process.pid],
    ]),
    backlog,
    async drained() {
      await waitFor(
        "the backlog being worked off",
        DRAIN_TIMEOUT_MS,
        async () => (await backlog()) === 0 || undefined,
        100,
      );
    },
    async stop() {
      await generator.stop();
      await api.stop();
      await worker.stop();
      await database.drop();
    },
  };
}
