import { statement, type Sql } from "@parley/db";

// A snapshot from before the wait: what it calls finished still is.
const HOLD = statement<{ horizon: string }>(
  "billing_progress_wait",
  `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon from billing_progress where id = 1 for update`,
);

/**
 * Waits until nobody follows the log, and keeps it so until the transaction ends. Returns the transaction before which the
 * whole log is committed.
 */
export async function holdProgress(sql: Sql): Promise<string> {
  const [held] = await sql.rows(HOLD, []);
  if (!held) throw new Error("billing has lost its place in the log");
  return held.horizon;
}
