import type { AccessClaims } from "./access-claims.ts";
import type { AuthContext } from "./auth-context.ts";
import { checkPassword } from "./check-password.ts";
import type { AdminSignInInput } from "./schemas.ts";
import { recordSession } from "./session.ts";

/** A session of the SUPER_ADMIN with this e-mail and password. Anybody else's are as wrong as a mistyped one. */
export async function signInAdmin(ctx: AuthContext, input: AdminSignInInput): Promise<AccessClaims> {
  const user = await checkPassword(ctx, input, ({ isSuperAdmin }) => isSuperAdmin);
  return ctx.database.withSystem((tx) => recordSession(ctx, tx, { user, workplace: null, origin: ctx.origin }));
}
