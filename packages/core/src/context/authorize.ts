import type { MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { isAtLeast, PERMISSIONS, type Action } from "./permissions.ts";
import type { Actor, RequestContext, UserActor } from "./request-context.ts";

/** The tenant that the request works in. Refuses a SUPER_ADMIN who has named none. */
export function requireTenant(ctx: RequestContext): string {
  if (ctx.actor.tenantId === null) {
    throw new DomainError("forbidden", "Name the tenant to work in with the X-Tenant-Id header.");
  }
  return ctx.actor.tenantId;
}

/** Refuses whoever may not do `action` in the current tenant, and returns the tenant. */
export function authorize(ctx: RequestContext, action: Action): string {
  const tenantId = requireTenant(ctx);
  assertAllowed(ctx.actor, action);
  return tenantId;
}

/** Refuses an actor whose role, or key, does not allow `action`. */
export function assertAllowed(actor: Actor, action: Action): void {
  if (!hasScope(actor, action)) {
    throw new DomainError("forbidden", `This needs the scope ${action}; use an API key that has it.`);
  }
  if (reachesRole(actor, PERMISSIONS[action])) return;
  throw new DomainError(
    "forbidden",
    `This needs the role ${PERMISSIONS[action].toLowerCase()} or above; ask an administrator of your company.`,
  );
}

/** Whether the actor may do `action`: for verbs that are open to others as well. */
export function isAllowed(actor: Actor, action: Action): boolean {
  return hasScope(actor, action) && reachesRole(actor, PERMISSIONS[action]);
}

/** Whether the actor holds `role` in the current tenant, or one above it. A SUPER_ADMIN reaches every role. */
export function reachesRole(actor: Pick<Actor, "isSuperAdmin" | "role">, role: MembershipRole): boolean {
  return actor.isSuperAdmin || (actor.role !== null && isAtLeast(actor.role, role));
}

/** Refuses an API key where a person is meant: their profile, password, sessions and companies. */
export function assertUser(actor: Actor): asserts actor is UserActor {
  if (actor.type === "user") return;
  throw new DomainError("forbidden", "This is for people who are signed in; an API key cannot do it.");
}

/** The id of the person who is asking. Refuses an API key, which is nobody's account. */
export function requireUser(ctx: { actor: Actor }): string {
  assertUser(ctx.actor);
  return ctx.actor.userId;
}

export function assertSuperAdmin(actor: Actor): void {
  if (!actor.isSuperAdmin) throw new DomainError("forbidden", "Only the platform's administrators may do this.");
}

function hasScope(actor: Actor, action: Action): boolean {
  return actor.type === "user" || actor.scopes.includes(action);
}
