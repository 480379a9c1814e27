import type { JobHandlers } from "@parley/queue";
import type { MailContext } from "./mail-context.ts";
import type { mailQueue } from "./mail-queue.ts";
import { sendInvitation } from "./send-invitation.ts";
import { sendPasswordReset } from "./send-password-reset.ts";

export function createMailHandlers(ctx: MailContext): JobHandlers<(typeof mailQueue)["jobs"]> {
  return {
    send_invitation: (payload) => sendInvitation(ctx, payload),
    send_password_reset: (payload) => sendPasswordReset(ctx, payload),
  };
}
