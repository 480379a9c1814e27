import type { SlaMetric } from "@parley/db";
import type { PayloadOf } from "@parley/queue";
import { isRetryable } from "@parley/runtime";
import type { MailContext, mailQueue } from "../mail/index.ts";
import { slaNoticeText } from "./sla-notice-text.ts";

type Payload = PayloadOf<(typeof mailQueue)["jobs"]["send_sla_notice"]>;

/**
 * Mails somebody of an escalation that notifies them, unless that was done before, the company was closed, or they have
 * left it: their notices go with their membership. A crash after the mail has left mails it again: two are better than none.
 */
export async function sendSlaNotice(ctx: MailContext, key: Payload): Promise<void> {
  const { tenantId, stepId } = key;
  const notice = await ctx.database.withSystem((tx) =>
    tx.slaNotice.findFirst({
      where: { ...key, mailedAt: null, membership: { tenant: { status: { not: "CLOSED" } } } },
      select: {
        step: {
          select: {
            metric: true,
            startedAt: true,
            dueAt: true,
            onBreach: true,
            judged: { select: { ticket: { select: { id: true, number: true, subject: true } } } },
          },
        },
        membership: { select: { user: { select: { email: true } }, tenant: { select: { name: true } } } },
      },
    }),
  );
  if (!notice) {
    ctx.logger.info({ tenantId, stepId }, "an escalation was mailed before, or is no news to them any more");
    return;
  }
  const { step, membership } = notice;
  const { ticket } = step.judged;
  const settle = () =>
    ctx.database.withSystem((tx) => tx.slaNotice.updateMany({ where: key, data: { mailedAt: ctx.clock.now() } }));
  try {
    await ctx.mailer.send({
      to: membership.user.email,
      ...slaNoticeText({
        company: membership.tenant.name,
        ticket,
        promise: PROMISES[step.metric],
        startedAt: step.startedAt,
        dueAt: step.dueAt,
        isMissed: step.onBreach,
        url: `${ctx.appUrl}/tickets/${ticket.id}`,
      }),
    });
  } catch (error) {
    // Refused for good: nobody is to try again.
    if (!isRetryable(error)) await settle();
    throw error;
  }
  await settle();
}

const PROMISES = {
  FIRST_RESPONSE: "first response to",
  NEXT_RESPONSE: "next response to",
  RESOLUTION: "resolution of",
} as const satisfies Record<SlaMetric, string>;
