import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { onceFor, replayOr, type KeyOwner } from "../idempotency/index.ts";
import { hashMailToken } from "../mail/index.ts";
import { auditPassword } from "./audit-password.ts";
import type { AuthContext } from "./auth-context.ts";
import { openResets } from "./open-resets.ts";
import type { ResetPasswordInput } from "./password-schemas.ts";
import { revokeSessions } from "./revoke-sessions.ts";
import { voidResets } from "./void-resets.ts";

type OpenReset = Prisma.PasswordResetGetPayload<{ include: { user: true } }>;

/**
 * Sets the password of whoever got the mail, once. All their sessions end, and so do other links that they were sent,
 * and the lock of the account if guesses have locked it.
 * A token that is unknown, used, void or expired is refused with the same words.
 */
export async function resetPassword(ctx: AuthContext, input: ResetPasswordInput): Promise<void> {
  const owner: KeyOwner = ["reset_password", input.token];
  // A repetition lifts no lock, or whoever kept the link could go on guessing.
  await replayOr(ctx, owner, async () => {
    const reset = await findReset(ctx, input.token);
    const passwordHash = await ctx.passwords.hash(input.newPassword, ctx.origin.address);
    const change = { id: reset.id, userId: reset.userId, passwordHash };
    await ctx.database.withSystem((tx) => onceFor(ctx, tx, owner, () => setPassword(ctx, tx, change)));
    await ctx.throttle.forgive(reset.user.email);
  });
}

/** Looked up first, because hashing a password is expensive. */
async function findReset(ctx: AuthContext, token: string): Promise<OpenReset> {
  const where = { tokenHash: hashMailToken(token), ...openResets(ctx.clock.now()) };
  const reset = await ctx.database.withSystem((tx) => tx.passwordReset.findFirst({ where, include: { user: true } }));
  if (!reset) throw noSuchLink();
  return reset;
}

async function setPassword(
  ctx: AuthContext,
  tx: Tx,
  { id, userId, passwordHash }: { id: string; userId: string; passwordHash: string },
): Promise<void> {
  await use(ctx, tx, { id, userId });
  await tx.user.update({ where: { id: userId }, data: { passwordHash, updatedAt: ctx.clock.now() } });
  await revokeSessions(ctx, tx, { userId });
  await auditPassword(ctx, tx, { userId, action: "password.reset" });
}

/** Uses the link up, if nobody was faster, and voids the user's others. */
async function use(ctx: AuthContext, tx: Tx, { id, userId }: { id: string; userId: string }): Promise<void> {
  const now = ctx.clock.now();
  // As every request of a link does, so that these and those wait for one another in one order.
  await tx.$queryRaw`select id from app_user where id = ${userId}::uuid for no key update`;
  const { count } = await tx.passwordReset.updateMany({ where: { id, ...openResets(now) }, data: { usedAt: now } });
  if (count === 0) throw noSuchLink();
  await voidResets(tx, userId, now);
}

function noSuchLink(): DomainError {
  const message = "is not good any more: it was used, the password was changed since, or it has expired";
  return new DomainError("validation_failed", `The link ${message}; ask for another with POST /auth/forgot-password.`, {
    fields: [{ path: "token", message }],
  });
}
