export { outboundQueue } from "./outbound-queue.ts";
export { wakeIfFirstAfterCommit, wakeNextAfterCommit, type SettledMessage } from "./wake-next.ts";
