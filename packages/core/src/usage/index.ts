export { createLogFollower } from "./follow-log.ts";
export { proveNightly } from "./prove-nightly.ts";
export { rebuildRollUps } from "./rebuild-roll-ups.ts";
