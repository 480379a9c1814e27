import { Redis, type RedisOptions } from "ioredis";

export interface RedisConfig {
  url: string;
  /** Before every key of an installation. Tests take one each. */
  prefix: string;
}

const RECONNECT_CAP_MS = 2_000;
const COMMAND_TIMEOUT_MS = 5_000;

const reconnect: RedisOptions = {
  retryStrategy: (times) => Math.min(times * 100, RECONNECT_CAP_MS),
};

/**
 * For whoever must not wait: commands fail at once while Redis is away. Those that are given while others are under way
 * share the next write: a system call costs more than most commands.
 */
export function connectFailFast(config: RedisConfig): Redis {
  return new Redis(config.url, {
    ...reconnect,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** For workers, which have nothing to do without Redis and wait for it as long as it takes. */
export function connectPatient(config: RedisConfig): Redis {
  return new Redis(config.url, { ...reconnect, maxRetriesPerRequest: null });
}

/** All keys of a queue share one hash tag, so that a cluster keeps them on one node. */
export function queuePrefix(config: RedisConfig, queueName: string): string {
  return `{${config.prefix}-${queueName}}`;
}
