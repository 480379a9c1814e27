import type { PayloadOf } from "@parley/queue";
import { sendLink, type MailContext, type mailQueue } from "../mail/index.ts";
import { invitationText } from "./invitation-text.ts";
import { openInvitations } from "./open-invitations.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_invitation"]>;

/** Mails an invitation, unless it was mailed, revoked, accepted or has expired meanwhile, or the company was closed. */
export async function sendInvitation(ctx: MailContext, { tenantId, invitationId: id }: Payload): Promise<void> {
  const sent = await sendLink(ctx, {
    async store(tx, tokenHash) {
      const where = {
        tenantId,
        id,
        mailedAt: null,
        ...openInvitations(ctx.clock.now()),
        tenant: { status: { not: "CLOSED" as const } },
      };
      const { count } = await tx.invitation.updateMany({ where, data: { tokenHash } });
      if (count === 0) return null;
      return tx.invitation.findUnique({ where: { tenantId_id: { tenantId, id } }, include: { tenant: true } });
    },
    settle: (tx, tokenHash) =>
      tx.invitation.updateMany({ where: { tenantId, id, tokenHash }, data: { mailedAt: ctx.clock.now() } }),
    withdraw: (tx, tokenHash) =>
      tx.invitation.updateMany({ where: { tenantId, id, tokenHash }, data: { tokenHash: null } }),
    mail: ({ email, role, expiresAt, tenant }, token) => ({
      to: email,
      ...invitationText({
        company: tenant.name,
        role,
        expiresAt,
        url: `${ctx.appUrl}/accept-invitation?token=${token}`,
      }),
    }),
  });
  if (!sent)
    ctx.logger.info(
      { tenantId, invitationId: id },
      "an invitation that is not open, or was mailed before, was not mailed",
    );
}
