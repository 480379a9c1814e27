import { randomBytes } from "node:crypto";
import { parseKeyring, processEnv, type Env } from "@parley/runtime";
import type { BenchDatabase } from "./bench-database.ts";

/** Made anew in each run: nothing that a bench encrypts outlives it. */
const SECRETS = {
  JWT_SECRET: randomBytes(48).toString("base64"),
  ENCRYPTION_KEYS: `bench:${randomBytes(32).toString("base64")}`,
} as const;

/** Encrypts what the processes decrypt. */
export const benchKeyring = parseKeyring(SECRETS.ENCRYPTION_KEYS);

/** The environment of a process that needs no servers. */
export function plainEnvironment(): Env {
  return { PATH: processEnv["PATH"], HOME: processEnv["HOME"], LOG_LEVEL: "info" };
}

/** The environment of a process that works on `database` and Redis. */
export function programEnvironment(
  at: { database: BenchDatabase; redisUrl: string; redisPrefix: string },
  more: Env = {},
): Env {
  return {
    ...plainEnvironment(),
    ...SECRETS,
    DATABASE_URL: at.database.ownerUrl,
    DATABASE_APP_URL: at.database.appUrl,
    DATABASE_SYSTEM_URL: at.database.systemUrl,
    REDIS_URL: at.redisUrl,
    REDIS_PREFIX: at.redisPrefix,
    HOST: "127.0.0.1",
    // One user of a bench does what thousands would.
    RATE_LIMITS: "off",
    ...more,
  };
}
