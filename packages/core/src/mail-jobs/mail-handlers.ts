import type { JobHandlers } from "@parley/queue";
import { answerResetRequest, sendPasswordReset } from "../auth/index.ts";
import { sendInvitation } from "../invitations/index.ts";
import type { MailContext, mailQueue } from "../mail/index.ts";
import { sendQuotaNotice } from "../quotas/index.ts";
import { sendSuspension } from "../rule-suspensions/index.ts";
import { sendSlaNotice } from "../sla-notices/index.ts";

export function createMailHandlers(ctx: MailContext): JobHandlers<(typeof mailQueue)["jobs"]> {
  return {
    answer_reset_request: (payload) => answerResetRequest(ctx, payload),
    send_invitation: (payload) => sendInvitation(ctx, payload),
    send_password_reset: (payload) => sendPasswordReset(ctx, payload),
    send_quota_notice: (payload) => sendQuotaNotice(ctx, payload),
    send_sla_notice: (payload) => sendSlaNotice(ctx, payload),
    send_suspension: (payload) => sendSuspension(ctx, payload),
  };
}
