import type { Redis } from "ioredis";

/** Redis is away, or has not answered while its answer was of use. */
export class RedisAwayError extends Error {
  override readonly name = "RedisAwayError";
}

/**
 * What `ask` gets from Redis within `waitMs`, for whoever has something better to do than to wait: that a connection
 * hangs is noticed by nobody else for seconds. Rejects with a RedisAwayError, or with Redis's own error. What was asked
 * may be done all the same.
 */
export async function askRedis<T>(redis: Redis, waitMs: number, ask: () => Promise<T>): Promise<T> {
  if (redis.status !== "ready") throw new RedisAwayError("Redis is not connected");
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new RedisAwayError(`Redis has not answered within ${waitMs} ms`));
    // An answer that came while this process was busy is read before the next turn of the loop: it is not late.
    timer = setTimeout(() => setImmediate(giveUp), waitMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
  }
}
