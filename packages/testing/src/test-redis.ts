import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { inject } from "vitest";

export interface TestRedis {
  config: { url: string; prefix: string };
  /** Deletes every key that carries the prefix. */
  close(): Promise<void>;
}

/** The shared server under a prefix that only this suite uses. */
export function createTestRedis(): TestRedis {
  const config = { url: inject("testServices").redisUrl, prefix: `test-${randomBytes(8).toString("hex")}` };
  return {
    config,
    async close() {
      const redis = new Redis(config.url);
      try {
        for await (const keys of redis.scanStream({ match: `*${config.prefix}*`, count: 1_000 })) {
          if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys);
        }
      } finally {
        redis.disconnect();
      }
    },
  };
}
