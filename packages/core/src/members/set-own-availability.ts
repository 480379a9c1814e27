import { DomainError } from "@parley/runtime";
import { requireTenant, requireUser, type RequestContext } from "../context/index.ts";
import { readMember } from "./member-json.ts";
import type { MemberJson, OwnAvailabilityInput } from "./schemas.ts";

/**
 * Says whether one is there to work. Every member may, so no action of the permission table is needed; whoever is not
 * a member of the tenant, such as a program or a SUPER_ADMIN on a visit, is `forbidden`. Saying the same again changes nothing.
 */
export async function setOwnAvailability(ctx: RequestContext, input: OwnAvailabilityInput): Promise<MemberJson> {
  const tenantId = requireTenant(ctx);
  const userId = requireUser(ctx);
  const { availability } = input;
  const now = ctx.clock.now();
  return ctx.database.withTenant(tenantId, async (tx) => {
    const member = await tx.membership.findUnique({
      where: { tenantId_userId: { tenantId, userId } },
      select: { userId: true },
    });
    if (!member) throw new DomainError("forbidden", "Only members of the company have an availability.");
    await tx.membership.updateMany({
      where: { tenantId, userId, availability: { not: availability } },
      data: { availability, availabilityChangedAt: now, updatedAt: now },
    });
    return readMember(tx, tenantId, userId);
  });
}
