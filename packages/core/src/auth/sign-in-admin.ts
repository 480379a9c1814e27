import { recordPlatformAudit } from "../audit/index.ts";
import { ADMIN_TOKEN_SECONDS, type AccessClaims } from "./access-claims.ts";
import type { AuthContext } from "./auth-context.ts";
import { checkPassword } from "./check-password.ts";
import type { AdminSignInInput } from "./schemas.ts";
import { recordSession } from "./session.ts";

/**
 * A session, as long as one token, of the SUPER_ADMIN with this e-mail and password. Anybody else's are as wrong as a
 * mistyped one.
 */
export async function signInAdmin(ctx: AuthContext, input: AdminSignInInput): Promise<AccessClaims> {
  const user = await checkPassword(ctx, input, ({ isSuperAdmin }) => isSuperAdmin);
  const lastsMs = ADMIN_TOKEN_SECONDS * 1_000;
  return ctx.database.withSystem(async (tx) => {
    const claims = await recordSession(ctx, tx, { user, workplace: null, origin: ctx.origin, lastsMs });
    await recordPlatformAudit({ ...ctx, actor: { type: "user", userId: user.id } }, tx, {
      action: "queue_board.signed_in",
      subject: { type: "session", id: claims.sid },
    });
    return claims;
  });
}
