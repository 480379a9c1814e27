export { assertAllowed, authorize, assertSuperAdmin, requireTenant } from "./authorize.ts";
export type { SystemContext } from "./context.ts";
export { EVENT_TYPES, type EventType } from "./event-type.ts";
export { openSystemContext, type OpenSystemContext, type SystemConfig } from "./open-system-context.ts";
export { readSystemConfig } from "./read-system-config.ts";
export { isAtLeast, PERMISSIONS, type Action } from "./permissions.ts";
export type { Actor, IdempotencyClaim, RequestContext, RequestOrigin } from "./request-context.ts";
export { defineSubscriberQueue, type Subscription } from "./subscription.ts";
