import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../harness/random.ts";
import { openReader } from "../harness/reader.ts";

/**
 * Has the log followed again from its beginning, as if every event came once more. Returns how often that was: not while
 * PostgreSQL was away.
 */
export async function rewindNowAndThen(
  random: Random,
  databaseUrl: string,
  { times, withinMs }: { times: number; withinMs: number },
): Promise<number> {
  const moments = Array.from({ length: times }, () => random.int(0, withinMs));
  const done = await Promise.all(
    moments.map(async (atMs) => {
      await sleep(atMs);
      return rewind(databaseUrl).catch(() => 0);
    }),
  );
  return done.reduce((sum, one) => sum + one, 0);
}

async function rewind(databaseUrl: string): Promise<number> {
  const reader = await openReader(databaseUrl);
  try {
    const rows = await reader.rows("update billing_progress set txid = 0, seq = 0 returning id");
    return rows.length;
  } finally {
    await reader.close();
  }
}
