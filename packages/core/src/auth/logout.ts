import type { SystemContext } from "../context/index.ts";
import { hashRefreshToken, lockSessions, revokeFamily } from "./session.ts";

/** The session to end, by its own claims or by any refresh token of it. */
export type LogoutInput = { userId: string; familyId: string } | { refreshToken: string };

/**
 * Ends one session. Its access token stays good until it expires, within minutes. A token that is not known is not
 * an error: nobody is signed in with it, which is what was asked for.
 */
export async function logout(ctx: SystemContext, input: LogoutInput): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    const session =
      "refreshToken" in input
        ? await tx.refreshToken.findUnique({ where: { tokenHash: hashRefreshToken(input.refreshToken) } })
        : input;
    if (!session) return;
    await lockSessions(tx, session.userId);
    await revokeFamily(ctx, tx, session.familyId);
  });
}
