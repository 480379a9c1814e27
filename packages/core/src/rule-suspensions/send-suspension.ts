import type { PayloadOf } from "@parley/queue";
import { isRetryable } from "@parley/runtime";
import type { MailContext, mailQueue } from "../mail/index.ts";
import { rolesToTell } from "./roles-to-tell.ts";
import { suspensionText } from "./suspension-text.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_suspension"]>;

/**
 * Mails somebody that a rule was suspended, unless they were mailed that, it was resumed or deleted meanwhile, they do not run
 * the company any more, or it was closed. A crash after the mail has left mails it again: two are better than none. A mail
 * that is refused for good is settled like one that has left.
 */
export async function sendSuspension(ctx: MailContext, payload: Payload): Promise<void> {
  const { tenantId, ruleId, userId } = payload;
  const suspendedAt = new Date(payload.suspendedAt);
  const notice = { tenantId, ruleId, userId, suspendedAt, mailedAt: null };
  const [waiting, rule, member] = await ctx.database.withSystem(async (tx) => [
    await tx.aiSuspensionNotice.findFirst({ where: notice }),
    await tx.aiRule.findFirst({ where: { tenantId, id: ruleId, suspendedAt } }),
    await tx.membership.findFirst({
      where: { tenantId, userId, role: rolesToTell, tenant: { status: { not: "CLOSED" } } },
      select: { user: { select: { email: true } }, tenant: { select: { name: true } } },
    }),
  ]);
  if (!waiting || !rule || !member) {
    ctx.logger.info({ tenantId, ruleId, userId }, "that a rule was suspended is no news to them any more");
    await ctx.database.withSystem((tx) => tx.aiSuspensionNotice.deleteMany({ where: notice }));
    return;
  }
  const settle = () =>
    ctx.database.withSystem((tx) =>
      tx.aiSuspensionNotice.updateMany({ where: notice, data: { mailedAt: ctx.clock.now() } }),
    );
  try {
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
  } catch (error) {
    if (!isRetryable(error)) await settle();
    throw error;
  }
  await settle();
}
