export { actorIdOf, asEventActor, asSender, userIdOf } from "./actor-columns.ts";
export { authorizeAnew } from "./authorize-anew.ts";
export {
  assertAllowed,
  assertSuperAdmin,
  assertUser,
  authorize,
  isAllowed,
  reachesRole,
  requireTenant,
  requireUser,
} from "./authorize.ts";
export { toCauseColumn, type Cause } from "./cause.ts";
export type { SystemContext } from "./context.ts";
export type { NewEvent } from "./new-event.ts";
export { EVENT_TYPES, type EventType } from "./event-type.ts";
export { ownTime } from "./own-time.ts";
export { openSystemContext, type OpenSystemContext, type SystemConfig } from "./open-system-context.ts";
export { readSystemConfig } from "./read-system-config.ts";
export { isAtLeast, PERMISSIONS, type Action } from "./permissions.ts";
export type {
  Actor,
  ApiKeyActor,
  IdempotencyClaim,
  RequestContext,
  RequestOrigin,
  UserActor,
} from "./request-context.ts";
export { handleByTenant } from "./handle-by-tenant.ts";
export { defineSubscriberQueue, type EventsOfTenant, type Subscription } from "./subscription.ts";
export type { TicketWrite } from "./ticket-write.ts";
