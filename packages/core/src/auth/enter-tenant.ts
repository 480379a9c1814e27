import { DomainError } from "@parley/runtime";
import type { Actor, SystemContext } from "../context/index.ts";

/**
 * A SUPER_ADMIN works in the tenant named by the request instead of the session's. Members and API keys keep to their
 * own.
 */
export async function enterTenant(ctx: SystemContext, input: { actor: Actor; tenantId: string }): Promise<Actor> {
  const { actor, tenantId } = input;
  if (tenantId === actor.tenantId) return actor;
  if (actor.type === "api_key") {
    throw new DomainError("forbidden", "An API key works in its own company only; leave X-Tenant-Id out.");
  }
  if (!actor.isSuperAdmin) {
    throw new DomainError("forbidden", "X-Tenant-Id is for the platform's administrators; use POST /auth/switch.");
  }
  const tenant = await ctx.database.withSystem((tx) =>
    tx.tenant.findUnique({ where: { id: tenantId }, select: { id: true } }),
  );
  if (!tenant) throw new DomainError("not_found", "There is no company with the id in X-Tenant-Id.");
  return { ...actor, tenantId, role: null };
}
