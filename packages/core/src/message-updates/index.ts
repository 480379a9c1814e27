export { applyUpdates } from "./apply-updates.ts";
export { forgetHeldUpdates } from "./forget-held-updates.ts";
export { releaseHeld } from "./held-updates.ts";
export { createHeldUpdateSettler } from "./settle-held-updates.ts";
export { isFurther } from "./status-order.ts";
export type { MessageUpdate } from "./update.ts";
