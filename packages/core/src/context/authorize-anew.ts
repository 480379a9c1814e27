import { statement, type MembershipRole, type Tx } from "@parley/db";
import { assertAllowed, assertUser, requireTenant } from "./authorize.ts";
import type { Action } from "./permissions.ts";
import type { RequestContext, UserActor } from "./request-context.ts";

// app_user_pkey
const FIND_SUPER_ADMIN = statement<{ id: string }>(
  "auth_find_super_admin",
  `select id from app_user where id = $1 and is_super_admin`,
);

/**
 * For what outlives the seconds for which a role is remembered: keys, roles and invitations. Refuses whoever may not do
 * `action` as they are now, and returns them so. Their membership is held until the end of the transaction: whoever
 * takes it or its role away waits, and then finds what was made. Before anything else that is locked, but for memberships.
 */
export async function authorizeAnew(ctx: RequestContext, tx: Tx, action: Action): Promise<UserActor> {
  const tenantId = requireTenant(ctx);
  assertUser(ctx.actor);
  const { userId } = ctx.actor;
  const [held] = await tx.$queryRaw<{ role: MembershipRole }[]>`
    select role from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for share`;
  // The application role does not read who administers the platform.
  const isSuperAdmin =
    ctx.actor.isSuperAdmin && (await ctx.database.system.rows(FIND_SUPER_ADMIN, [userId])).length === 1;
  const actor: UserActor = { ...ctx.actor, isSuperAdmin, role: held?.role ?? null };
  assertAllowed(actor, action);
  return actor;
}
