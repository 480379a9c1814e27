import type { AuthContext } from "./auth-context.ts";
import { checkPassword } from "./check-password.ts";
import type { Session } from "./session.ts";

/**
 * For answers whose tokens a password was chosen for. One that is repeated is for who could sign in with that password
 * now: whoever has changed it since did not mean the tokens for those who know the old one.
 */
export async function recheckPassword(ctx: AuthContext, { user }: Session, password: string): Promise<void> {
  if (ctx.idempotency?.replayed) await checkPassword(ctx, { email: user.email, password });
}
