import type { SystemContext } from "../context/index.ts";

const KEPT_MS = 30 * 24 * 3_600_000;

/** Deletes the requests for new passwords of a month ago, and returns how many they were. password_reset_created_at_idx */
export async function forgetOldResets(ctx: SystemContext): Promise<number> {
  const createdAt = { lt: new Date(ctx.clock.now().getTime() - KEPT_MS) };
  const { count } = await ctx.database.withSystem((tx) => tx.passwordReset.deleteMany({ where: { createdAt } }));
  return count;
}
