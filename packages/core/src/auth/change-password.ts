import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { onceFor, replayOr, type KeyOwner } from "../idempotency/index.ts";
import { auditPassword } from "./audit-password.ts";
import type { AuthContext } from "./auth-context.ts";
import type { ChangePasswordInput } from "./password-schemas.ts";
import { revokeSessions } from "./revoke-sessions.ts";
import { voidResets } from "./void-resets.ts";

/**
 * Changes one's own password and ends all of one's sessions but `sessionId`, the one that asks. Links to a new one that
 * are still in a mailbox are worthless from then on. A wrong current password is `invalid_credentials`, and counts as a
 * failed attempt to sign in.
 */
export async function changePassword(
  ctx: RequestContext & AuthContext,
  input: ChangePasswordInput & { sessionId: string | null },
): Promise<void> {
  const userId = requireUser(ctx);
  const owner: KeyOwner = ["user", userId];
  // Repeated, the current password is a wrong one, which must not count.
  await replayOr(ctx, owner, async () => {
    const passwordHash = await confirmPassword(ctx, userId, input.currentPassword);
    const newHash = await ctx.passwords.hash(input.newPassword, ctx.origin.address);
    const change = { userId, passwordHash, newHash, except: input.sessionId };
    await ctx.database.withSystem((tx) => onceFor(ctx, tx, owner, () => replacePassword(ctx, tx, change)));
  });
}

async function replacePassword(
  ctx: AuthContext,
  tx: Tx,
  change: { userId: string; passwordHash: string; newHash: string; except: string | null },
): Promise<void> {
  const { userId, passwordHash, newHash, except } = change;
  const now = ctx.clock.now();
  const { count } = await tx.user.updateMany({
    where: { id: userId, passwordHash },
    data: { passwordHash: newHash, updatedAt: now },
  });
  if (count === 0) {
    throw new DomainError("conflict", "The password was changed in this moment; try again with the new one.");
  }
  await voidResets(tx, userId, now);
  await revokeSessions(ctx, tx, { userId, except });
  await auditPassword(ctx, tx, { userId, action: "password.changed" });
}

/** The hash of the password that was proved. */
async function confirmPassword(ctx: AuthContext, id: string, password: string): Promise<string> {
  const user = await ctx.database.withSystem((tx) => tx.user.findUnique({ where: { id } }));
  if (!user) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
  const confirmed = await ctx.throttle.attempt({ email: user.email, address: ctx.origin.address }, async () =>
    (await ctx.passwords.matches(password, user.passwordHash, ctx.origin.address)) ? user : null,
  );
  if (!confirmed) throw new DomainError("invalid_credentials", "The current password is wrong; try again.");
  return confirmed.passwordHash;
}
