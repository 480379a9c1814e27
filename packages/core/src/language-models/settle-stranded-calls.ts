import type { SystemContext } from "../context/index.ts";
import { settleCallsBefore } from "./model-ledger.ts";

/** Much longer than a call can take, retries included. */
const STRANDED_AFTER_MS = 10 * 60_000;
const BATCH = 500;

/**
 * Settles calls whose process died before it could. Nobody knows whether the provider has charged for them, so they count
 * as having cost all that was reserved: rather too much is counted than the budget exceeded. Returns how many there were.
 */
export async function settleStrandedCalls(ctx: SystemContext): Promise<number> {
  const now = ctx.clock.now();
  let settled = 0;
  for (;;) {
    const calls = await settleCallsBefore(ctx.database.system, new Date(now.getTime() - STRANDED_AFTER_MS), now, BATCH);
    settled += calls;
    if (calls < BATCH) return settled;
  }
}
