export { outboundQueue } from "./outbound-queue.ts";
export { pauseInboxes, type InboxFault } from "./pause-inboxes.ts";
export { SLOT_LEAD_MS, jobDelayMs, sendLimits } from "./send-limits.ts";
export { wakeIfFirstAfterCommit, wakeNextAfterCommit, type SettledMessage } from "./wake-next.ts";
