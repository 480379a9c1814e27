import { Redis } from "ioredis";

/** Resolves when the server at `url` answers to its password; rejects with the reason at the first failure. */
export async function pingRedis(url: string, timeoutMs = 5_000): Promise<void> {
  let reason: unknown;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener ioredis prints it; the call below rejects with "Connection is closed" only.
  client.on("error", (error) => (reason = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
