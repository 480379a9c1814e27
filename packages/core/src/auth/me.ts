import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { toTenantJson } from "../tenants/index.ts";
import type { MeJson } from "./schemas.ts";
import { toSignedInUserJson } from "./session.ts";
import { findWorkplace } from "./workplaces.ts";

/** Who is asking, where they work now and where else they could. */
export function me(ctx: RequestContext): Promise<MeJson> {
  const id = requireUser(ctx);
  return ctx.database.withSystem(async (tx) => {
    const user = await tx.user.findUnique({
      where: { id },
      include: { memberships: { include: { tenant: true }, orderBy: [{ createdAt: "asc" }, { tenantId: "asc" }] } },
    });
    if (!user) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
    const workplace = ctx.actor.tenantId ? await findWorkplace(tx, user, ctx.actor.tenantId) : null;
    return {
      user: toSignedInUserJson(user, workplace),
      tenant: workplace && toTenantJson(workplace.tenant),
      memberships: user.memberships.map(({ tenantId, tenant, role }) => ({
        tenantId,
        name: tenant.name,
        slug: tenant.slug,
        role: toJsonEnum(role),
      })),
    };
  });
}
