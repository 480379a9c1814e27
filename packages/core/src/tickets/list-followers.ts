import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { followerInclude, toFollowerJson } from "./follower-json.ts";
import type { FollowerJson, ListFollowersQuery } from "./schemas.ts";
import { noSuchTicket } from "./ticket-json.ts";

/** Who follows a ticket; whoever joined the platform last comes first. Relies on ticket_follower_pkey. */
export async function listFollowers(
  ctx: RequestContext,
  query: ListFollowersQuery & { ticketId: string },
): Promise<Page<FollowerJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { ticketId, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    const key = { tenantId_id: { tenantId, id: ticketId } };
    if (!(await tx.ticket.findUnique({ where: key, select: { id: true } }))) throw noSuchTicket();
    return tx.ticketFollower.findMany({
      where: { tenantId, ticketId, ...(before === undefined ? {} : { userId: { lt: before } }) },
      include: followerInclude,
      orderBy: { userId: "desc" },
      take: rowsToRead(limit),
    });
  });
  return mapPage(
    cutPage(rows, limit, (follower) => [follower.userId]),
    toFollowerJson,
  );
}
