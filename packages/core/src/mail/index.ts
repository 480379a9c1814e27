export type { Mail, MailContext } from "./mail-context.ts";
export { mailQueue } from "./mail-queue.ts";
export { mailTime } from "./mail-time.ts";
export { hashMailToken } from "./mail-token.ts";
export { sendLink } from "./send-link.ts";
