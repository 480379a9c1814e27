export { applyUnknownPolicy } from "./apply-unknown-policy.ts";
export { expireLeases } from "./expire-leases.ts";
export type { OutboundContext, SendOverChannel } from "./outbound-context.ts";
export { CLAIM_VALID_MS, createOutboundHandlers } from "./outbound-handlers.ts";
export { reconcileQueued } from "./reconcile-queued.ts";
