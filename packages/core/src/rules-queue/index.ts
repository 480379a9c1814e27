export { RULE_EVENT_TYPES, rulesQueue, rulesSubscription } from "./rules-queue.ts";
