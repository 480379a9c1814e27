export { findUnmailedNotices } from "./find-unmailed-notices.ts";
export { mailStep } from "./mail-step.ts";
export { sendSlaNotice } from "./send-sla-notice.ts";
