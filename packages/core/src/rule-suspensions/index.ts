export { findUnmailedSuspensions } from "./find-unmailed-suspensions.ts";
export { sendSuspension } from "./send-suspension.ts";
export { suspendRule } from "./suspend-rule.ts";
export { suspendStorming, type Storming } from "./suspend-storming.ts";
export { tellSuspension } from "./tell-suspension.ts";
