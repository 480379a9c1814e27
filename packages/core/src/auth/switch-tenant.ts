import { DomainError } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import type { SwitchTenantInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";
import { requireWorkplace } from "./workplaces.ts";

/** A further session of the same user in another of their tenants; the one that asked goes on beside it. */
export function switchTenant(ctx: RequestContext, input: SwitchTenantInput): Promise<Session> {
  return ctx.database.withSystem(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: ctx.actor.userId } });
    if (!user) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
    const workplace = await requireWorkplace(tx, user, input.tenantId);
    return openSession(ctx, tx, { user, workplace, origin: ctx.origin });
  });
}
