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

/** What takes so long to write that a server of ours keeps it, for later runs to copy. */
export interface KeptContents {
  /** Lower-case letters, digits and underscores. What an earlier version has filled is dropped. */
  version: string;
  /** Likewise. Equal keys are equal contents. */
  key: string;
  /** Fills a migrated, empty database. */
  fill(database: BenchDatabase): Promise<void>;
}

export interface DatabaseMaker {
  /** Migrated and empty. */
  create(): Promise<BenchDatabase>;
  /** Filled, or copied from what an earlier run has filled. */
  createFilled(contents: KeptContents): Promise<BenchDatabase>;
  /** The name of a database with these contents that outlives the run. Only on a server of ours. */
  keep(contents: KeptContents): Promise<string>;
  /** Drops all that were made and not dropped. */
  dropAll(): Promise<void>;
}

const PREFIX = "parley_bench_";
const KEPT_PREFIX = "parley_kept_";

/**
 * Makes databases beside the one of `serverUrl`, which is only connected to. With `ownsServer` the leavings of earlier
 * runs are dropped first. `env` is for the migration tool.
 */
export async function createDatabaseMaker(serverUrl: string, ownsServer: boolean, env: Env): Promise<DatabaseMaker> {
  const existing = new Set<string>();
  if (ownsServer) await dropWhere(serverUrl, "starts_with(datname, $1)", [PREFIX]);

  async function drop(name: string): Promise<void> {
    if (!existing.delete(name)) return;
    await administer(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
  }

  /** `from` ends the statement that makes it. */
  async function make(from = ""): Promise<BenchDatabase> {
    const name = `${PREFIX}${randomBytes(6).toString("hex")}`;
    existing.add(name);
    await administer(serverUrl, (client) => client.query(`create database ${name} ${from}`));
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const ownerUrl = url.toString();
    const clone = (): Promise<BenchDatabase> => make(`template ${name}`);
    return { name, ownerUrl, ...deriveRoleUrls(ownerUrl), clone, drop: () => drop(name) };
  }

  let migrated: Promise<BenchDatabase> | undefined;
  async function makeMigrated(): Promise<BenchDatabase> {
    const database = await make();
    await migrateDatabase(database.ownerUrl, env);
    return database;
  }
  const create = async (): Promise<BenchDatabase> => (await (migrated ??= makeMigrated())).clone();

  async function fill(contents: KeptContents): Promise<BenchDatabase> {
    const database = await create();
    await contents.fill(database);
    return database;
  }

  async function keep(contents: KeptContents): Promise<string> {
    const { version, key } = contents;
    const ours = `${KEPT_PREFIX}${version}_`;
    await dropWhere(serverUrl, "starts_with(datname, $1) and not starts_with(datname, $2)", [KEPT_PREFIX, ours]);
    const name = `${ours}${key}`;
    if (await exists(serverUrl, name)) return name;
    const database = await fill(contents);
    // Last, so that a kept database is complete.
    await administer(serverUrl, (client) => client.query(`alter database ${database.name} rename to ${name}`));
    existing.delete(database.name);
    return name;
  }

  return {
    create,
    async createFilled(contents) {
      if (!ownsServer) return fill(contents);
      // Copying files needs no log of them.
      return make(`template ${await keep(contents)} strategy file_copy`);
    },
    keep,
    async dropAll() {
      for (const name of existing) await drop(name);
    },
  };
}

async function exists(serverUrl: string, name: string): Promise<boolean> {
  return administer(serverUrl, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    return rowCount === 1;
  });
}

async function dropWhere(serverUrl: string, condition: string, values: readonly string[]): Promise<void> {
  await administer(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where ${condition}`,
      [...values],
    );
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`);
  });
}

async function administer<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
