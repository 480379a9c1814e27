import { loadedContents } from "../../loader/loaded-database.ts";
import { loadedAgent } from "../../loader/members.ts";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { programEnvironment } from "../../setting/environment.ts";
import { benchId } from "../../world/bench-ids.ts";
import { signIn } from "../../world/seed-agents.ts";
import type { BenchRun } from "../bench.ts";
import { PER_CONVERSATION, start, TENANTS, type Asker, type Contender } from "../tickets/world.ts";

/** Every third, from those with the most messages to those with the fewest. */
const STEP = 3;

/** A loaded database with the two servers that are compared on it, and somebody of several companies. */
export interface ListWorld {
  database: BenchDatabase;
  tickets: number;
  askers: readonly Asker[];
  urls: Readonly<Record<Contender, string>>;
}

/** The same database as the bench of tickets has for as many. */
export async function openListWorld(run: BenchRun, name: string, tickets: number): Promise<ListWorld> {
  const { services } = run;
  const conversations = Math.round(tickets / PER_CONVERSATION.tickets);
  const messages = conversations * PER_CONVERSATION.messages;
  const contents = await loadedContents({ tenants: TENANTS, conversations, messages, seed: run.options.seed ?? 1 });
  const database = await services.createFilledDatabase(contents);
  const env = programEnvironment({ database, redisUrl: services.redisUrl, redisPrefix: services.newRedisPrefix() });
  const api = await start(run, `lists-api-${name}`, "apps/api/src/main.ts", { ...env, PORT: "0" });
  const raw = await start(run, `lists-raw-${name}`, "apps/bench/src/benches/lists/raw-server.ts", env);
  if (api.url === undefined) throw new Error("the API did not say where it listens");
  const askers: Asker[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += STEP) {
    const { userId, email } = loadedAgent(tenant, 0);
    askers.push({ tenant, tenantId: benchId("tenant", tenant), userId, token: await signIn(api.url, email) });
  }
  return { database, tickets, askers, urls: { parley: api.url, raw: await raw.call<string>("url") } };
}
