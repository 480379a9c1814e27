import type { SystemContext } from "../context/index.ts";

const KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Deletes the invitations that ended a month ago without having been accepted, and returns how many they were. Those
 * that were accepted stay: they say who let whom in.
 */
export async function forgetOldInvitations(ctx: SystemContext): Promise<number> {
  const expiresAt = { lt: new Date(ctx.clock.now().getTime() - KEPT_MS) };
  const { count } = await ctx.database.withSystem((tx) =>
    tx.invitation.deleteMany({ where: { acceptedAt: null, expiresAt } }),
  );
  return count;
}
