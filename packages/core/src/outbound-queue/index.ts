export { outboundQueue } from "./outbound-queue.ts";
export { pauseInboxes, type InboxFault } from "./pause-inboxes.ts";
export { wakeIfFirstAfterCommit, wakeNextAfterCommit, type SettledMessage } from "./wake-next.ts";
