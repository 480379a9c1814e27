import { migrateDatabase, readDatabaseConfig } from "@parley/db";
import { ConfigError, step, type Env, type ShutdownStack } from "@parley/runtime";
import type { LoadCommand } from "./command-line.ts";
import { assertLoadable, type LoadSize } from "./loader/load-size.ts";
import { loadedContents } from "./loader/loaded-database.ts";
import { loadWorld } from "./loader/load-world.ts";
import { loadedAgent } from "./loader/members.ts";
import { openServices } from "./setting/services.ts";
import { SEEDED_PASSWORD } from "./world/seed-agents.ts";
import { withSystem } from "./world/seed-world.ts";

/** Fills the database that `command` names, or one that the benches at scale take copies of. */
export async function runLoad({ size, databaseUrl }: LoadCommand, env: Env, undo: ShutdownStack): Promise<void> {
  assertLoadable(size);
  if (databaseUrl !== undefined) return fillNamed(databaseUrl, size, env);
  const services = await step("PostgreSQL and Redis", () => openServices(env, undo));
  console.log(`  ${services.conditions}`);
  const startedAt = performance.now();
  const name = await services.keepDatabase(await loadedContents(size));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`\nThe database ${name} is there after ${seconds} s; benches at scale take copies of it.`);
}

async function fillNamed(databaseUrl: string, size: LoadSize, env: Env): Promise<void> {
  const named = { ...env, DATABASE_URL: databaseUrl };
  const { systemUrl } = readDatabaseConfig(named);
  await step("migrations", () => migrateDatabase(databaseUrl, env));
  await assertNotLoaded(systemUrl);
  await loadWorld({ ownerUrl: databaseUrl, systemUrl }, size);
  console.log(
    `\nSign in as ${loadedAgent(0).email} with the password ${SEEDED_PASSWORD}; other companies have other numbers.`,
  );
}

async function assertNotLoaded(systemUrl: string): Promise<void> {
  const { rowCount } = await withSystem({ systemUrl }, (client) =>
    client.query("select from tenant where slug = 'company-0'"),
  );
  if (rowCount !== 0) throw new ConfigError("something was loaded into this database before: name an empty one");
}
