import type { SystemContext } from "../context/index.ts";
import { deleteOld } from "./held-updates.ts";

const KEPT_MS = 30 * 24 * 3_600_000;
const BATCH = 5_000;

/**
 * Deletes what has been held for 30 days: its message was sent by somebody else, or from before our time. Returns how
 * many; to be called from time to time.
 */
export async function forgetHeldUpdates(ctx: SystemContext): Promise<number> {
  for (let total = 0; ;) {
    const deleted = await deleteOld(ctx.database.system, KEPT_MS, BATCH);
    total += deleted;
    if (deleted < BATCH) return total;
  }
}
