import type { SystemContext } from "../context/index.ts";
import { onceFor, type KeyOwner } from "../idempotency/index.ts";
import type { AuthContext } from "./auth-context.ts";
import { hashRefreshToken, revokeSession } from "./session.ts";

/** The session to end, by its id or by any refresh token of it. */
export type LogoutInput = { sessionId: string } | { refreshToken: string };

/** Ends one session. A token that is not known is not an error: nobody is signed in with it, which is what was asked for. */
export async function logout(ctx: SystemContext & Pick<AuthContext, "idempotency">, input: LogoutInput): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    const token =
      "refreshToken" in input
        ? await tx.refreshToken.findUnique({ where: { tokenHash: hashRefreshToken(input.refreshToken) } })
        : input;
    await onceFor(ctx, tx, ownerOf(input, token), async () => {
      if (token) await revokeSession(ctx, tx, token.sessionId);
    });
  });
}

function ownerOf(input: LogoutInput, token: { sessionId: string } | null): KeyOwner {
  if (token) return ["session", token.sessionId];
  return ["logout", "refreshToken" in input ? input.refreshToken : input.sessionId];
}
