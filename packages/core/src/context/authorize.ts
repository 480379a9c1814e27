import type { MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { Actor, RequestContext } from "./request-context.ts";

const RANK: Record<MembershipRole, number> = { AGENT: 1, MANAGER: 2, ADMIN: 3, OWNER: 4 };

/** The tenant that the request works in. Refuses a SUPER_ADMIN who has named none. */
export function requireTenant(ctx: RequestContext): string {
  if (ctx.actor.tenantId === null) {
    throw new DomainError("forbidden", "Name the tenant to work in with the X-Tenant-Id header.");
  }
  return ctx.actor.tenantId;
}

/** Refuses whoever holds less than `role` in the current tenant, and returns the tenant. */
export function requireRole(ctx: RequestContext, role: MembershipRole): string {
  const tenantId = requireTenant(ctx);
  if (!holds(ctx.actor, role)) {
    throw new DomainError(
      "forbidden",
      `This needs the role ${role.toLowerCase()} or above; ask an administrator of your company.`,
    );
  }
  return tenantId;
}

export function requireSuperAdmin(ctx: RequestContext): void {
  if (!ctx.actor.isSuperAdmin) throw new DomainError("forbidden", "Only the platform's administrators may do this.");
}

function holds(actor: Actor, role: MembershipRole): boolean {
  return actor.isSuperAdmin || (actor.role !== null && RANK[actor.role] >= RANK[role]);
}
