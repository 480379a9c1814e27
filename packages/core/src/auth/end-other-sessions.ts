import { requireUser, type RequestContext } from "../context/index.ts";
import { revokeSessions } from "./revoke-sessions.ts";

/** Ends all of one's own sessions but `sessionId`, the one that asks. */
export async function endOtherSessions(ctx: RequestContext, input: { sessionId: string | null }): Promise<void> {
  const userId = requireUser(ctx);
  await ctx.database.withSystem((tx) => revokeSessions(ctx, tx, { userId, except: input.sessionId }));
}
