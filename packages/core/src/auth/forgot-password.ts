import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { newId } from "@parley/runtime";
import { onceFor } from "../idempotency/index.ts";
import { mailQueue, openPasswordReset } from "../mail/index.ts";
import type { AuthContext } from "./auth-context.ts";
import type { ForgotPasswordInput } from "./password-schemas.ts";

const VALID_MS = 3_600_000;
/** So that nobody's mailbox is filled by somebody else. */
const ONCE_IN_MS = 60_000;

/**
 * Has a link to a new password mailed to the user with this e-mail, at most once a minute; the links before it are
 * void. Nobody learns whether there is such a user: the answer is the same, so are the statements up to the rows
 * themselves, and the commit does not wait for the disk (what a power cut takes is asked for again).
 */
export async function forgotPassword(ctx: AuthContext, { email }: ForgotPasswordInput): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    await tx.$executeRaw`select set_config('synchronous_commit', 'off', true)`;
    await onceFor(ctx, tx, ["forgot_password", email], () => askForReset(ctx, tx, email));
  });
}

async function askForReset(ctx: AuthContext, tx: Tx, email: string): Promise<void> {
  const known = await lockUser(tx, email);
  // The id of nobody is looked up and voided like any other.
  const userId = known ?? newId();
  const now = ctx.clock.now();
  const open = { userId, ...openPasswordReset(now) };
  const recent = { createdAt: { gt: new Date(now.getTime() - ONCE_IN_MS) } };
  const asked = await tx.passwordReset.count({ where: { ...open, ...recent } });
  if (asked > 0) return;
  await tx.passwordReset.updateMany({ where: open, data: { expiresAt: now } });
  if (known === null) return;
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const { id } = await tx.passwordReset.create({ data: { id: newId(), userId, expiresAt, createdAt: now } });
  await ctx.outbox.enqueue(tx, [outboxRow(mailQueue, "send_password_reset", { passwordResetId: id })]);
}

/** Requests of one user wait for one another. app_user_email_key */
async function lockUser(tx: Tx, email: string): Promise<string | null> {
  const [user] = await tx.$queryRaw<{ id: string }[]>`select id from app_user where email = ${email} for no key update`;
  return user?.id ?? null;
}
