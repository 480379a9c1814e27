import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

const PING = statement<{ one: number }>("health_ping", "select 1 as one");

// raw_webhook_event_pending_idx
const OLDEST_PENDING = statement<{ receivedAt: Date | null }>(
  "health_oldest_pending",
  `select min(received_at) as "receivedAt" from raw_webhook_event where status = 'RECEIVED'`,
);

/** No tenant has it. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * Milliseconds that the database takes to answer at all, both ways: as the application's role and as the system's. Each
 * has a connection pool and a password of its own, and requests need both. Throws what the database throws.
 */
export async function measureDatabase(ctx: SystemContext): Promise<number> {
  const startedAt = performance.now();
  await Promise.all([
    ctx.database.system.rows(PING, []),
    // Naming the tenant is a statement already.
    ctx.database.withTenant(NOBODY, () => Promise.resolve()),
  ]);
  return Math.round(performance.now() - startedAt);
}

/**
 * For how many seconds the oldest webhook that is not applied yet has been waiting; 0 when none is. Asked of the
 * database and not of the queue: an event whose job was lost waits as well.
 */
export async function measureIngestDelay(ctx: SystemContext): Promise<number> {
  const [oldest] = await ctx.database.system.rows(OLDEST_PENDING, []);
  if (!oldest?.receivedAt) return 0;
  return Math.max(0, Math.round((ctx.clock.now().getTime() - oldest.receivedAt.getTime()) / 1_000));
}
