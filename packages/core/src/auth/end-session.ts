import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { openSessions } from "./open-sessions.ts";

/** Ends one of one's own sessions. Another's is not found, like one that has ended. */
export async function endSession(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const userId = requireUser(ctx);
  const { count } = await ctx.database.withSystem((tx) =>
    tx.session.updateMany({ where: { id, ...openSessions(ctx, userId) }, data: { revokedAt: ctx.clock.now() } }),
  );
  if (count === 0) throw new DomainError("not_found", "You have no session with this id.");
}
