import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "./mail-queue.ts";
import { openInvitation, openPasswordReset } from "./open-link.ts";

const LIMIT = 1_000;

/**
 * Enqueues what has waited for its mail for longer than `olderThanMs`, whether or not a token was made for it: its job
 * was lost with Redis. A job that still exists has the same id, so it stays the only one. Returns how many.
 * invitation_unmailed_idx, password_reset_unmailed_idx
 */
export function reconcileMails(ctx: SystemContext, olderThanMs: number): Promise<number> {
  const now = ctx.clock.now();
  const unmailed = { mailedAt: null, createdAt: { lt: new Date(now.getTime() - olderThanMs) } };
  const oldestFirst = { orderBy: { createdAt: "asc" }, take: LIMIT } as const;
  return ctx.database.withSystem(async (tx) => {
    const invitations = await tx.invitation.findMany({
      where: { ...openInvitation(now), ...unmailed },
      ...oldestFirst,
    });
    const resets = await tx.passwordReset.findMany({
      where: { ...openPasswordReset(now), ...unmailed },
      ...oldestFirst,
    });
    const rows = [
      ...invitations.map(({ tenantId, id }) => outboxRow(mailQueue, "send_invitation", { tenantId, invitationId: id })),
      ...resets.map(({ id }) => outboxRow(mailQueue, "send_password_reset", { passwordResetId: id })),
    ];
    if (rows.length > 0) await ctx.outbox.enqueue(tx, rows);
    return rows.length;
  });
}
