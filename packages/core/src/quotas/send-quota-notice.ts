import type { PayloadOf } from "@parley/queue";
import { isRetryable } from "@parley/runtime";
import type { MailContext, mailQueue } from "../mail/index.ts";
import { quotaNoticeText } from "./quota-notice-text.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_quota_notice"]>;

/**
 * Mails those who run a company that a limit is near or reached, unless that was mailed, or the company was closed. A crash
 * on the way mails some of them again: two are better than none. Whoever's address is refused for good is passed over.
 */
export async function sendQuotaNotice(ctx: MailContext, payload: Payload): Promise<void> {
  const { tenantId, meter, kind } = payload;
  const key = { tenantId, period: new Date(payload.period), meter, kind };
  const { notice, tenant, plan } = await ctx.database.withSystem(async (tx) => ({
    notice: await tx.quotaNotice.findFirst({ where: { ...key, mailedAt: null } }),
    tenant: await tx.tenant.findFirst({
      where: { id: tenantId, status: { not: "CLOSED" } },
      select: {
        name: true,
        memberships: {
          where: { role: { in: ["OWNER", "ADMIN"] } },
          select: { user: { select: { email: true } } },
          orderBy: { userId: "asc" },
        },
      },
    }),
    plan: await tx.tenantBillingPlan.findFirst({
      where: { tenantId, validFrom: { lte: ctx.clock.now() } },
      orderBy: { validFrom: "desc" },
      select: { hardLimitPolicy: true },
    }),
  }));
  if (!notice) return;
  for (const { user } of tenant?.memberships ?? []) {
    const text = quotaNoticeText({
      company: tenant?.name ?? "",
      ...key,
      used: notice.used,
      included: notice.included,
      policy: plan?.hardLimitPolicy ?? "OVERAGE",
      url: ctx.appUrl,
    });
    try {
      await ctx.mailer.send({ to: user.email, ...text });
    } catch (error) {
      if (isRetryable(error)) throw error;
      ctx.logger.warn({ tenantId, err: error }, "somebody who runs a company cannot be mailed");
    }
  }
  await ctx.database.withSystem((tx) =>
    tx.quotaNotice.updateMany({ where: { ...key, mailedAt: null }, data: { mailedAt: ctx.clock.now() } }),
  );
}
