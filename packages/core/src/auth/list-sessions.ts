import { requireUser, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { openSessions } from "./open-sessions.ts";
import type { ListSessionsQuery, OpenSessionJson } from "./session-schemas.ts";

/** One's own sessions that can still go on, the one that was used last first. session_user_id_idx */
export async function listSessions(
  ctx: RequestContext,
  query: ListSessionsQuery & { sessionId: string | null },
): Promise<Page<OpenSessionJson>> {
  const userId = requireUser(ctx);
  const [before, beforeId] = readCursor(query.cursor, timeKey) ?? [];
  const older =
    before === undefined ? {} : { OR: [{ lastUsedAt: { lt: before } }, { lastUsedAt: before, id: { lt: beforeId } }] };
  const rows = await ctx.database.withSystem((tx) =>
    tx.session.findMany({
      where: { AND: [openSessions(ctx, userId), older] },
      orderBy: [{ lastUsedAt: "desc" }, { id: "desc" }],
      take: rowsToRead(query.limit),
    }),
  );
  return mapPage(
    cutPage(rows, query.limit, ({ lastUsedAt, id }) => [lastUsedAt, id]),
    ({ id, address, userAgent, tenantId, createdAt, lastUsedAt }) => ({
      id,
      current: id === query.sessionId,
      address,
      userAgent,
      tenantId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
    }),
  );
}
