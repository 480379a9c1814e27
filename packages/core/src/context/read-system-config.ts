import { readDatabaseConfig } from "@parley/db";
import { readKeyring, readRedisUrl, type Env } from "@parley/runtime";
import type { SystemConfig } from "./open-system-context.ts";

/** Before every Redis key of an installation. */
const REDIS_PREFIX = "parley";

/** What every process reads from its environment. Throws a ConfigError that names the variable. */
export function readSystemConfig(env: Env): SystemConfig {
  return {
    database: readDatabaseConfig(env),
    redis: { url: readRedisUrl(env), prefix: env["REDIS_PREFIX"] ?? REDIS_PREFIX },
    keyring: readKeyring(env),
  };
}
