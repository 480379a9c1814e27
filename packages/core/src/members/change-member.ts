import type { Prisma, Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, authorize, authorizeAnew, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { announceAvailability } from "./announce-availability.ts";
import { assertNotLastOwner, lockMember, type LockedMember } from "./lock-member.ts";
import { readMember } from "./member-json.ts";
import { assertMayGrant, assertNotAbove } from "./rank.ts";
import type { ChangeMemberInput, MemberJson } from "./schemas.ts";

/**
 * Changes somebody's role, capacity, skills or availability. `forbidden`: a member or a role above one's own, and one's own
 * role; a SUPER_ADMIN may do all that. `conflict`: the last owner cannot become anything else, whoever asks.
 */
export async function changeMember(
  ctx: RequestContext,
  input: ChangeMemberInput & { id: string },
): Promise<MemberJson> {
  const tenantId = authorize(ctx, "members.manage");
  const { id, ...wanted } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const member = await lockMember(tx, tenantId, id, actorIdOf(ctx.actor));
    const actor = await authorizeAnew(ctx, tx, "members.manage");
    assertNotAbove(actor, member);
    const change = realChange(member, wanted);
    if (change.role !== undefined) {
      assertMayGrant(actor, member, change.role);
      await assertNotLastOwner(tx, member);
    }
    await write(ctx, tx, member, change);
    return readMember(tx, tenantId, id);
  });
}

/** What is given and is not so already. */
function realChange(member: LockedMember, input: ChangeMemberInput): ChangeMemberInput {
  const { role, capacity, skills, availability } = input;
  return {
    ...(role !== undefined && role !== member.role && { role }),
    ...(capacity !== undefined && capacity !== member.capacity && { capacity }),
    ...(skills !== undefined && skills.join("\n") !== member.skills.join("\n") && { skills }),
    ...(availability !== undefined && availability !== member.availability && { availability }),
  };
}

async function write(ctx: RequestContext, tx: Tx, member: LockedMember, change: ChangeMemberInput): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const { tenantId, userId } = member;
  const now = ctx.clock.now();
  const data: Prisma.MembershipUncheckedUpdateInput = { ...change, updatedAt: now };
  if (change.availability !== undefined) data.availabilityChangedAt = now;
  const changed = await tx.membership.update({ where: { tenantId_userId: { tenantId, userId } }, data });
  await announceAvailability(ctx, tx, member, changed);
  // Whether one is there oneself is no administrative change.
  if (userId === actorIdOf(ctx.actor) && Object.keys(change).join() === "availability") return;
  await recordAudit(ctx, tx, tenantId, {
    action: "member.changed",
    subject: { type: "member", id: userId },
    before: audited(member),
    after: audited(changed),
  });
}

/** In the case of the answers, as everything in the audit log. */
function audited({ role, capacity, skills, availability }: LockedMember): object {
  return { role: toJsonEnum(role), capacity, skills, availability: toJsonEnum(availability) };
}
