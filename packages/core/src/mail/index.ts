export type { Mail, MailContext } from "./mail-context.ts";
export { createMailHandlers } from "./mail-handlers.ts";
export { mailQueue } from "./mail-queue.ts";
export { hashMailToken } from "./mail-token.ts";
export { openInvitation, openPasswordReset } from "./open-link.ts";
export { reconcileMails } from "./reconcile-mails.ts";
