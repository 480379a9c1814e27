import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { AuthContext } from "./auth-context.ts";

type User = Prisma.UserModel;

/**
 * The user with this e-mail and password. Who is unknown, who mistypes and whom `accept` does not take get the same
 * answer after the same time. Refuses as `too_many_attempts` whoever has failed too often, without a look at the password.
 */
export async function checkPassword(
  ctx: AuthContext,
  input: { email: string; password: string },
  accept: (user: User) => boolean = () => true,
): Promise<User> {
  const claimant = { email: input.email, address: ctx.origin.address };
  const user = await ctx.throttle.attempt(claimant, async () => {
    const found = await findByPassword(ctx, input);
    return found && accept(found) ? found : null;
  });
  if (!user) throw wrongCredentials();
  return user;
}

async function findByPassword(ctx: AuthContext, input: { email: string; password: string }): Promise<User | null> {
  const user = await ctx.database.withSystem((tx) => tx.user.findUnique({ where: { email: input.email } }));
  const matches = await ctx.passwords.matches(input.password, user?.passwordHash ?? null, ctx.origin.address);
  return matches ? user : null;
}

function wrongCredentials(): DomainError {
  return new DomainError("invalid_credentials", "E-mail or password is wrong; check both and try again.");
}
