import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureServices, startRedis, type EmbeddedServer } from "@parley/embedded";
import { ConfigError, type Env, type ShutdownStack } from "@parley/runtime";
import { createDatabaseMaker, type BenchDatabase, type KeptContents } from "./bench-database.ts";
import { clearRedis } from "./clear-redis.ts";
import { keepCommitTimes } from "./commit-times.ts";
import { describeConditions } from "./conditions.ts";

/** The servers of one run of the program, and what every process on them is told. */
export interface BenchServices {
  redisUrl: string;
  /** A migrated, empty database of its own. */
  createDatabase(): Promise<BenchDatabase>;
  /** One of its own with such contents: filled now, or copied from what a server of ours has kept since an earlier run. */
  createFilledDatabase(contents: KeptContents): Promise<BenchDatabase>;
  /** Has such a database kept, and says its name. Throws a ConfigError on a server of somebody else. */
  keepDatabase(contents: KeptContents): Promise<string>;
  /** A Redis of its own, to be stopped in the middle of something. */
  startSpareRedis(): Promise<EmbeddedServer>;
  /** A prefix that nothing else on the Redis of `redisUrl` uses; its keys are deleted at the end. */
  newRedisPrefix(): string;
  /** Of the servers that are ours, by name; to read what CPU they use. */
  serverPids: ReadonlyMap<string, number>;
  /** Where programs write their logs. */
  logDirectory: string;
  /** One line about servers and machine, for above the figures. */
  conditions: string;
}

const DIRECTORY = fileURLToPath(new URL("../../../../.parley/bench", import.meta.url));

const log = (line: string): void => console.log(`    ${line}`);

/**
 * The servers of DATABASE_URL and REDIS_URL, or our own with their data under .parley/bench. On a server of somebody
 * else only databases and keys of our own are touched, and they are gone afterwards.
 */
export async function openServices(env: Env, undo: ShutdownStack): Promise<BenchServices> {
  const servers = await ensureServices(env, { directory: DIRECTORY, log });
  undo.add("servers", () => servers.stop());
  if (servers.postgres) await keepCommitTimes(servers.postgres);
  const databases = await createDatabaseMaker(servers.databaseUrl, servers.postgres !== undefined, env);
  undo.add("databases", () => databases.dropAll());
  const runPrefix = `bench-${randomBytes(4).toString("hex")}`;
  undo.add("redis keys", () => clearRedis(servers.redisUrl, runPrefix));
  let prefixes = 0;

  return {
    redisUrl: servers.redisUrl,
    createDatabase: () => databases.create(),
    createFilledDatabase: (contents) => databases.createFilled(contents),
    async keepDatabase(contents) {
      if (!servers.postgres) throw new ConfigError("databases are kept on a server of our own: unset DATABASE_URL");
      return databases.keep(contents);
    },
    async startSpareRedis() {
      const redis = await startRedis({ dataDir: join(DIRECTORY, "spare-redis"), log });
      undo.add("spare redis", () => redis.stop());
      return redis;
    },
    newRedisPrefix: () => `${runPrefix}-${(prefixes += 1)}`,
    serverPids: new Map(
      Object.entries({ PostgreSQL: servers.postgres?.pid, Redis: servers.redis?.pid }).filter(
        (entry): entry is [string, number] => entry[1] !== undefined,
      ),
    ),
    logDirectory: join(DIRECTORY, "logs"),
    conditions: await describeConditions(servers.databaseUrl, servers.redisUrl),
  };
}
