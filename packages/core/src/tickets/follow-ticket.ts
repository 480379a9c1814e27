import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { addFollowers } from "./add-followers.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { subjectsOf } from "./events-of-change.ts";
import { followerInclude, toFollowerJson } from "./follower-json.ts";
import { lockTicket } from "./lock-ticket.ts";
import type { FollowerJson } from "./schemas.ts";

/** Makes a member, oneself or a colleague, a follower of a ticket. Who follows it already stays one. A merged ticket is refused as `conflict`. */
export async function followTicket(
  ctx: RequestContext,
  input: { ticketId: string; userId: string },
): Promise<FollowerJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { ticketId, userId } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { ticket } = await lockTicket(tx, tenantId, ticketId);
    assertNotMerged(ticket);
    await holdMember(tx, tenantId, userId);
    await addFollowers(ctx, tx, ticket, [userId], { actor: asEventActor(ctx.actor) });
    const key = { tenantId_ticketId_userId: { tenantId, ticketId, userId } };
    return toFollowerJson(await tx.ticketFollower.findUniqueOrThrow({ where: key, include: followerInclude }));
  });
}

/** Takes somebody off a ticket's followers; who is none stays none. */
export async function unfollowTicket(ctx: RequestContext, input: { ticketId: string; userId: string }): Promise<void> {
  const tenantId = authorize(ctx, "tickets.change");
  const { ticketId, userId } = input;
  await ctx.database.withTenant(tenantId, async (tx) => {
    const { ticket } = await lockTicket(tx, tenantId, ticketId);
    await holdMember(tx, tenantId, userId);
    const { count } = await tx.ticketFollower.deleteMany({ where: { tenantId, ticketId, userId } });
    if (count === 0) return;
    await publishEvents(ctx, tx, [
      { ...subjectsOf(ticket), ...asEventActor(ctx.actor), type: "TICKET_UNFOLLOWED", data: { userId } },
    ]);
  });
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
async function holdMember(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length === 0) throw new DomainError("not_found", "There is no member with this id.");
}
