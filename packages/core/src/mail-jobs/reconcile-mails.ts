import { findUnmailedResets } from "../auth/index.ts";
import type { SystemContext } from "../context/index.ts";
import { findUnmailedInvitations } from "../invitations/index.ts";
import { findUnmailedQuotaNotices } from "../quotas/index.ts";
import { findUnmailedSuspensions } from "../rule-suspensions/index.ts";
import { findUnmailedNotices } from "../sla-notices/index.ts";

/**
 * Enqueues what has waited for its mail for longer than `olderThanMs`, whether or not a token was made for it: its job
 * was lost with Redis. A job that still exists has the same id, so it stays the only one. Returns how many.
 */
export function reconcileMails(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - olderThanMs);
  return ctx.database.withSystem(async (tx) => {
    const rows = [
      ...(await findUnmailedInvitations(ctx, tx, before)),
      ...(await findUnmailedResets(ctx, tx, before)),
      ...(await findUnmailedQuotaNotices(tx, before)),
      ...(await findUnmailedSuspensions(tx, before)),
      ...(await findUnmailedNotices(tx, before)),
    ];
    if (rows.length > 0) await ctx.outbox.enqueue(tx, rows);
    return rows.length;
  });
}
