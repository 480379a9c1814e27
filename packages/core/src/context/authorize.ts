import { DomainError } from "@parley/runtime";
import { isAtLeast, PERMISSIONS, type Action } from "./permissions.ts";
import type { Actor, RequestContext } from "./request-context.ts";

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

/** Refuses an actor whose role does not allow `action`. */
export function assertAllowed(actor: Actor, action: Action): void {
  if (isAllowed(actor, action)) return;
  throw new DomainError(
    "forbidden",
    `This needs the role ${PERMISSIONS[action].toLowerCase()} or above; ask an administrator of your company.`,
  );
}

export function assertSuperAdmin(actor: Actor): void {
  if (!actor.isSuperAdmin) throw new DomainError("forbidden", "Only the platform's administrators may do this.");
}

function isAllowed(actor: Actor, action: Action): boolean {
  return actor.isSuperAdmin || (actor.role !== null && isAtLeast(actor.role, PERMISSIONS[action]));
}
