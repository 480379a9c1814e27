import type { AuthContext } from "./auth-context.ts";
import { checkPassword, wrongCredentials } from "./check-password.ts";
import type { AdminSignInInput } from "./schemas.ts";

/** The SUPER_ADMIN with this e-mail and password. Anybody else's are as wrong as a mistyped one. */
export async function signInAdmin(ctx: AuthContext, input: AdminSignInInput): Promise<{ userId: string }> {
  const user = await checkPassword(ctx, input);
  if (!user.isSuperAdmin) throw wrongCredentials();
  return { userId: user.id };
}
