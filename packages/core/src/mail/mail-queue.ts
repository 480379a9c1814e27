import { QuotaNoticeKind, UsageMeter } from "@parley/db";
import { defineJob, defineQueue } from "@parley/queue";
import { z } from "zod";

/** A mail server that is away is back within half a day; what has expired by then is not sent. */
const PATIENCE = { attempts: 40, backoff: { baseMs: 1_000, maxMs: 30 * 60_000 } };

/** Mails on their way to people. Jobs name a row; a token, if there is one, is made when the mail is sent. */
export const mailQueue = defineQueue("mail", {
  /** Finds out whether somebody who wants a new password is to be sent a link. */
  answer_reset_request: defineJob({
    payload: z.object({ requestId: z.uuid() }),
    jobId: ({ requestId }) => `password-reset-request-${requestId}`,
    ...PATIENCE,
  }),
  send_invitation: defineJob({
    payload: z.object({ tenantId: z.uuid(), invitationId: z.uuid() }),
    jobId: ({ invitationId }) => `invitation-${invitationId}`,
    ...PATIENCE,
  }),
  send_password_reset: defineJob({
    payload: z.object({ passwordResetId: z.uuid() }),
    jobId: ({ passwordResetId }) => `password-reset-${passwordResetId}`,
    ...PATIENCE,
  }),
  /** Tells those who run a company that a limit of its plan is near, or reached. */
  send_quota_notice: defineJob({
    payload: z.object({
      tenantId: z.uuid(),
      period: z.iso.date(),
      meter: z.enum(UsageMeter),
      kind: z.enum(QuotaNoticeKind),
    }),
    jobId: ({ tenantId, period, meter, kind }) => `quota-notice-${tenantId}-${period}-${meter}-${kind}`,
    ...PATIENCE,
  }),
  /** Tells a member of an escalation that notifies them. */
  send_sla_notice: defineJob({
    payload: z.object({ tenantId: z.uuid(), stepId: z.uuid(), userId: z.uuid() }),
    jobId: ({ stepId, userId }) => `sla-notice-${stepId}-${userId}`,
    ...PATIENCE,
  }),
  /** Tells somebody who runs a company that a rule of theirs was suspended, at that time in milliseconds since 1970. */
  send_suspension: defineJob({
    payload: z.object({ tenantId: z.uuid(), ruleId: z.uuid(), userId: z.uuid(), suspendedAt: z.int() }),
    jobId: ({ ruleId, userId, suspendedAt }) => `suspension-${ruleId}-${userId}-${suspendedAt}`,
    ...PATIENCE,
  }),
});
