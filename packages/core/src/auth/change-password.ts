import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { auditPassword } from "./audit-password.ts";
import type { AuthContext } from "./auth-context.ts";
import type { ChangePasswordInput } from "./password-schemas.ts";
import { revokeSessions } from "./revoke-sessions.ts";

/**
 * Changes one's own password and ends all of one's sessions but `sessionId`, the one that asks. A wrong current
 * password is `invalid_credentials`, and counts as a failed attempt to sign in.
 */
export async function changePassword(
  ctx: RequestContext & AuthContext,
  input: ChangePasswordInput & { sessionId: string | null },
): Promise<void> {
  const userId = requireUser(ctx);
  const passwordHash = await confirmPassword(ctx, userId, input.currentPassword);
  const newHash = await ctx.passwords.hash(input.newPassword);
  await ctx.database.withSystem(async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: userId, passwordHash },
      data: { passwordHash: newHash, updatedAt: ctx.clock.now() },
    });
    if (count === 0) {
      throw new DomainError("conflict", "The password was changed in this moment; try again with the new one.");
    }
    await revokeSessions(ctx, tx, { userId, except: input.sessionId });
    await auditPassword(ctx, tx, { userId, action: "password.changed" });
  });
}

/** The hash of the password that was proved. */
async function confirmPassword(ctx: AuthContext, id: string, password: string): Promise<string> {
  const user = await ctx.database.withSystem((tx) => tx.user.findUnique({ where: { id } }));
  if (!user) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
  const confirmed = await ctx.throttle.attempt({ email: user.email, address: ctx.origin.address }, async () =>
    (await ctx.passwords.matches(password, user.passwordHash)) ? user : null,
  );
  if (!confirmed) throw new DomainError("invalid_credentials", "The current password is wrong; try again.");
  return confirmed.passwordHash;
}
