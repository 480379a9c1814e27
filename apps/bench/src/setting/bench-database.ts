import { randomBytes } from "node:crypto";
import { deriveRoleUrls, migrateDatabase } from "@parley/db";
import type { Env } from "@parley/runtime";
import pg from "pg";

/** A database that exists for one measurement. */
export interface BenchDatabase {
  name: string;
  ownerUrl: string;
  appUrl: string;
  systemUrl: string;
  /** Another one with the same rows. Nobody may be connected to this one meanwhile. */
  clone(): Promise<BenchDatabase>;
  /** Ends the connections that are left. */
  drop(): Promise<void>;
}

export interface DatabaseMaker {
  /** Migrated and empty. */
  create(): Promise<BenchDatabase>;
  /** Drops all that were made and not dropped. */
  dropAll(): Promise<void>;
}

const PREFIX = "parley_bench_";

/**
 * Makes databases beside the one of `serverUrl`, which is only connected to. With `ownsServer` the leavings of earlier
 * runs are dropped first. `env` is for the migration tool.
 */
export async function createDatabaseMaker(serverUrl: string, ownsServer: boolean, env: Env): Promise<DatabaseMaker> {
  const existing = new Set<string>();
  if (ownsServer) await dropLeavings(serverUrl);

  async function drop(name: string): Promise<void> {
    if (!existing.delete(name)) return;
    await administer(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  }

  async function make(template?: string): Promise<BenchDatabase> {
    const name = `${PREFIX}${randomBytes(6).toString("hex")}`;
    existing.add(name);
    const from = template === undefined ? "" : ` template ${template}`;
    await administer(serverUrl, (client) => client.query(`create database ${name}${from}`));
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const ownerUrl = url.toString();
    return { name, ownerUrl, ...deriveRoleUrls(ownerUrl), clone: () => make(name), drop: () => drop(name) };
  }

  let migrated: Promise<BenchDatabase> | undefined;
  async function makeMigrated(): Promise<BenchDatabase> {
    const database = await make();
    await migrateDatabase(database.ownerUrl, env);
    return database;
  }

  return {
    create: async () => (await (migrated ??= makeMigrated())).clone(),
    async dropAll() {
      for (const name of existing) await drop(name);
    },
  };
}

async function dropLeavings(serverUrl: string): Promise<void> {
  await administer(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where starts_with(datname, $1)",
      [PREFIX],
    );
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  });
}

async function administer(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
