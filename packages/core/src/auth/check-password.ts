import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { AuthContext } from "./auth-context.ts";

/** The user with this e-mail and password. Who is unknown and who mistypes get the same answer after the same time. */
export async function checkPassword(
  ctx: AuthContext,
  input: { email: string; password: string },
): Promise<Prisma.UserModel> {
  const user = await ctx.database.withSystem((tx) => tx.user.findUnique({ where: { email: input.email } }));
  const matches = await ctx.passwords.matches(input.password, user?.passwordHash ?? null);
  if (!user || !matches) throw wrongCredentials();
  return user;
}

export function wrongCredentials(): DomainError {
  return new DomainError("invalid_credentials", "E-mail or password is wrong; check both and try again.");
}
