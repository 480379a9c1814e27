export { createMailHandlers } from "./mail-handlers.ts";
export { reconcileMails } from "./reconcile-mails.ts";
