import type { PayloadOf } from "@parley/queue";
import { sendLink, type MailContext, type mailQueue } from "../mail/index.ts";
import { openResets } from "./open-resets.ts";
import { passwordResetText } from "./password-reset-text.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_password_reset"]>;

/** Mails the link to a new password, unless it was mailed, used or voided or has expired meanwhile. */
export async function sendPasswordReset(ctx: MailContext, { passwordResetId: id }: Payload): Promise<void> {
  const sent = await sendLink(ctx, {
    async store(tx, tokenHash) {
      const where = { id, mailedAt: null, ...openResets(ctx.clock.now()) };
      const { count } = await tx.passwordReset.updateMany({ where, data: { tokenHash } });
      if (count === 0) return null;
      return tx.passwordReset.findUnique({ where: { id }, include: { user: { select: { email: true } } } });
    },
    settle: (tx, tokenHash) =>
      tx.passwordReset.updateMany({ where: { id, tokenHash }, data: { mailedAt: ctx.clock.now() } }),
    withdraw: (tx, tokenHash) => tx.passwordReset.updateMany({ where: { id, tokenHash }, data: { tokenHash: null } }),
    mail: ({ user, expiresAt }, token) => ({
      to: user.email,
      ...passwordResetText({ expiresAt, url: `${ctx.appUrl}/reset-password?token=${token}` }),
    }),
  });
  if (!sent)
    ctx.logger.info({ passwordResetId: id }, "a password reset that is not open, or was mailed before, was not mailed");
}
