import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrateDatabase } from "@parley/db";
import { startPostgres, startRedis, type EmbeddedServer } from "@parley/embedded";
import { Redis } from "ioredis";
import { Client } from "pg";
import { step, type Env } from "@parley/runtime";

/** PostgreSQL and Redis of the drills' own, which may be killed; never those of DATABASE_URL and REDIS_URL. */
export interface DrillServers {
  postgres: EmbeddedServer;
  redis: EmbeddedServer;
  directory: string;
  /** A new, migrated database; the owner's URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  flushRedis(): Promise<void>;
  stop(): Promise<void>;
}

const DIRECTORY = fileURLToPath(new URL("../../../../../.parley/drill", import.meta.url));

const log = (line: string): void => console.log(`  ${line}`);

const LEFT_BEHIND = `select datname as name from pg_database where datname ~ '^(webhook|send|automation|sla)_\\d+$'`;

/** `env` is for the migration tool. */
export async function startDrillServers(env: Env): Promise<DrillServers> {
  await rm(join(DIRECTORY, "logs"), { recursive: true, force: true });
  await mkdir(join(DIRECTORY, "logs"), { recursive: true });
  const [postgres, redis] = await step("PostgreSQL and Redis of the drill start", () =>
    Promise.all([
      startPostgres({ dataDir: join(DIRECTORY, "postgres"), log }),
      startRedis({ dataDir: join(DIRECTORY, "redis"), log }),
    ]),
  );
  await step("migrations", () => migrateDatabase(postgres.url, env));

  async function asOwner(statement: string): Promise<Record<string, unknown>[]> {
    const url = new URL(postgres.url);
    url.pathname = "/postgres";
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async function dropDatabase(name: string): Promise<void> {
    await asOwner(`drop database if exists ${name} with (force)`);
  }

  // Those of rounds that failed in an earlier run; their logs are gone too.
  for (const { name } of await asOwner(LEFT_BEHIND)) await dropDatabase(String(name));

  return {
    postgres,
    redis,
    directory: DIRECTORY,
    async createDatabase(name) {
      const template = new URL(postgres.url).pathname.slice(1);
      await dropDatabase(name);
      await asOwner(`create database ${name} template ${template}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.toString();
    },
    dropDatabase,
    async flushRedis() {
      const client = new Redis(redis.url, { maxRetriesPerRequest: null });
      client.on("error", () => undefined);
      try {
        await client.flushall();
      } finally {
        client.disconnect();
      }
    },
    async stop() {
      await redis.stop();
      await postgres.stop();
    },
  };
}
