import { loadedAgent, loadedManager } from "../../loader/members.ts";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { signIn } from "../../world/seed-agents.ts";
import type { BenchRun } from "../bench.ts";
import { serveLoaded, TENANTS, type Asker, type Contender } from "../tickets/world.ts";

/** Every third, from those with the most messages to those with the fewest. */
const STEP = 3;

/** A loaded database with the two servers that are compared on it, and an agent and a manager of several companies. */
export interface ListWorld {
  database: BenchDatabase;
  tickets: number;
  agents: readonly Asker[];
  managers: readonly Asker[];
  urls: Readonly<Record<Contender, string>>;
}

/** The same database as the bench of tickets has for as many. */
export async function openListWorld(run: BenchRun, name: string, tickets: number): Promise<ListWorld> {
  const { database, urls } = await serveLoaded(run, { bench: "lists", name, tickets });
  const ask = async (tenant: number, { userId, email }: ReturnType<typeof loadedAgent>): Promise<Asker> => {
    return { tenant, tenantId: benchId("tenant", tenant), userId, token: await signIn(urls.parley, email) };
  };
  const agents: Asker[] = [];
  const managers: Asker[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += STEP) {
    agents.push(await ask(tenant, loadedAgent(tenant)));
    managers.push(await ask(tenant, loadedManager(tenant)));
  }
  return { database, tickets, agents, managers, urls };
}
