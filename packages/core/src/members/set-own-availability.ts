import { DomainError } from "@parley/runtime";
import { requireTenant, requireUser, type RequestContext } from "../context/index.ts";
import { announceAvailability } from "./announce-availability.ts";
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
    await tx.$executeRaw`
      select from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for no key update`;
    const key = { tenantId_userId: { tenantId, userId } };
    const member = await tx.membership.findUnique({ where: key });
    if (!member) throw new DomainError("forbidden", "Only members of the company have an availability.");
    if (member.availability !== availability) {
      const data = { availability, availabilityChangedAt: now, updatedAt: now };
      await announceAvailability(ctx, tx, member, await tx.membership.update({ where: key, data }));
    }
    return readMember(tx, tenantId, userId);
  });
}
