import { loadedContents } from "../../loader/loaded-database.ts";
import { loadedAgent } from "../../loader/members.ts";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { programEnvironment } from "../../setting/environment.ts";
import { startProgram, type Program } from "../../setting/program.ts";
import { benchId } from "../../world/bench-ids.ts";
import { signIn } from "../../world/seed-agents.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { BenchRun } from "../bench.ts";

export const TENANTS = 50;
/** As many tickets as the loader makes of one conversation, on average, and as many messages. */
const PER_CONVERSATION = { tickets: 1.493, messages: 5 };
/** Every third, from those with the most tickets to those with the fewest, with so many agents each. */
const STEP = 3;
const AGENTS = 8;

/** Somebody who is signed in. */
export interface Asker {
  tenant: number;
  tenantId: string;
  userId: string;
  token: string;
}

/** A loaded database with the two servers that are compared on it. */
export interface World {
  database: BenchDatabase;
  tickets: number;
  /** Several agents of several tenants. */
  askers: readonly Asker[];
  urls: Readonly<Record<Contender, string>>;
}

export type Contender = "raw" | "parley";

/** A loaded database with as many tickets as asked for, and the servers that are compared on it. */
export async function serveLoaded(
  run: BenchRun,
  { bench, name, tickets }: { bench: "tickets" | "lists"; name: string; tickets: number },
): Promise<Pick<World, "database" | "urls">> {
  const { services } = run;
  const conversations = Math.round(tickets / PER_CONVERSATION.tickets);
  const messages = conversations * PER_CONVERSATION.messages;
  const contents = await loadedContents({ tenants: TENANTS, conversations, messages, seed: run.options.seed ?? 1 });
  const database = await services.createFilledDatabase(contents);
  const env = programEnvironment({ database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() });
  const api = await start(run, `${bench}-api-${name}`, "apps/api/src/main.ts", { ...env, PORT: "0" });
  const raw = await start(run, `${bench}-raw-${name}`, `apps/bench/src/benches/${bench}/raw-server.ts`, env);
  if (api.url === undefined) throw new Error("the API did not say where it listens");
  return { database, urls: { parley: api.url, raw: await raw.call<string>("url") } };
}

export async function openWorld(run: BenchRun, name: string, tickets: number): Promise<World> {
  const { database, urls } = await serveLoaded(run, { bench: "tickets", name, tickets });
  return { database, tickets: await prepare(database), askers: await signInAll(urls.parley), urls };
}

export async function start(run: BenchRun, name: string, file: string, env: NodeJS.ProcessEnv): Promise<Program> {
  const { logDirectory } = run.services;
  const { cpuProfileDirectory } = run.options;
  const program = await startProgram({ name, file, env, logDirectory, cpuProfileDirectory });
  run.undo.add(name, () => program.stop());
  return program;
}

/** Everybody is at work and may take what there is. Returns how many tickets there are. */
function prepare(database: BenchDatabase): Promise<number> {
  return withSystem(database, async (client) => {
    await client.query("update membership set availability = 'ONLINE', capacity = 1000000");
    const { rows } = await client.query<{ count: number }>("select count(*)::int as count from ticket");
    return rows[0]?.count ?? 0;
  });
}

async function signInAll(url: string): Promise<Asker[]> {
  const askers: Asker[] = [];
  for (let agent = 0; agent < AGENTS; agent += 1) {
    for (let tenant = 0; tenant < TENANTS; tenant += STEP) {
      const { userId, email } = loadedAgent(tenant, agent);
      askers.push({ tenant, tenantId: benchId("tenant", tenant), userId, token: await signIn(url, email) });
    }
  }
  return askers;
}
