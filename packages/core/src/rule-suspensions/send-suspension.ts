import type { PayloadOf } from "@parley/queue";
import type { MailContext, mailQueue } from "../mail/index.ts";
import { rolesToTell } from "./roles-to-tell.ts";
import { suspensionText } from "./suspension-text.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_suspension"]>;

/**
 * Mails somebody that a rule was suspended, unless it was resumed or deleted meanwhile, they do not run the company any
 * more, or it was closed. A crash after the mail has left mails it again: two are better than none.
 */
export async function sendSuspension(ctx: MailContext, payload: Payload): Promise<void> {
  const { tenantId, ruleId, userId } = payload;
  const suspendedAt = new Date(payload.suspendedAt);
  const [rule, member] = await ctx.database.withSystem(async (tx) => [
    await tx.aiRule.findFirst({ where: { tenantId, id: ruleId, suspendedAt } }),
    await tx.membership.findFirst({
      where: { tenantId, userId, role: rolesToTell, tenant: { status: { not: "CLOSED" } } },
      select: { user: { select: { email: true } }, tenant: { select: { name: true } } },
    }),
  ]);
  if (!rule || !member) {
    ctx.logger.info({ tenantId, ruleId, userId }, "that a rule was suspended is no news to them any more");
    return;
  }
  await ctx.mailer.send({
    to: member.user.email,
    ...suspensionText({
      company: member.tenant.name,
      rule: rule.name,
      reason: rule.suspendedReason ?? "",
      suspendedAt,
      url: ctx.appUrl,
    }),
  });
}
