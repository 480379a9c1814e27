import { join } from "node:path";
import { ConfigError, readOwnerDatabaseUrl, readRedisUrl, type Env } from "@parley/runtime";
import { checkPostgres, MISSING_DATABASE } from "./check-postgres.ts";
import type { EmbeddedServer, Log } from "./embedded-server.ts";
import { pingRedis } from "./ping-redis.ts";
import { startPostgres } from "./postgres.ts";
import { reasonOf } from "./reason-of.ts";
import { startRedis } from "./redis.ts";

export interface Services {
  /** The owner's, for migrations. */
  databaseUrl: string;
  redisUrl: string;
  /** Undefined when the environment names a server of its own. */
  postgres: EmbeddedServer | undefined;
  redis: EmbeddedServer | undefined;
  /** Stops what was started here: Redis, then PostgreSQL. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL, which must answer, else our own with their data
 * under `directory`. Throws a ConfigError with one sentence; then nothing is left running.
 */
export async function ensureServices(env: Env, options: { directory: string; log: Log }): Promise<Services> {
  const { directory, log } = options;
  const [postgres, redis] = await Promise.allSettled([
    env["DATABASE_URL"] ? checkOwner(env) : startPostgres({ dataDir: join(directory, "postgres"), log }),
    env["REDIS_URL"] ? checkRedis(env) : startRedis({ dataDir: join(directory, "redis"), log }),
  ]);
  const stopAll = async (): Promise<void> => {
    if (redis.status === "fulfilled") await redis.value?.stop();
    if (postgres.status === "fulfilled") await postgres.value?.stop();
  };
  if (postgres.status === "rejected" || redis.status === "rejected") {
    await stopAll();
    throw postgres.status === "rejected" ? postgres.reason : (redis as PromiseRejectedResult).reason;
  }
  return {
    databaseUrl: postgres.value?.url ?? readOwnerDatabaseUrl(env),
    redisUrl: redis.value?.url ?? readRedisUrl(env),
    postgres: postgres.value,
    redis: redis.value,
    stop: stopAll,
    async kill() {
      await Promise.all([redis.value?.kill(), postgres.value?.kill()]);
    },
  };
}

const CHECK_TIMEOUT_MS = 10_000;

async function checkOwner(env: Env): Promise<undefined> {
  const url = readOwnerDatabaseUrl(env);
  await checkPostgres({ name: "DATABASE_URL", url, advice: advise("DATABASE_URL"), accept: [MISSING_DATABASE] });
}

async function checkRedis(env: Env): Promise<undefined> {
  const url = readRedisUrl(env);
  try {
    await pingRedis(url, CHECK_TIMEOUT_MS);
  } catch (error) {
    const { host } = new URL(url);
    throw new ConfigError(`REDIS_URL: no usable answer from ${host} (${reasonOf(error)}); ${advise("REDIS_URL")}`);
  }
}

function advise(name: string): string {
  return `start that server, correct ${name}, or unset it to use the embedded one`;
}
