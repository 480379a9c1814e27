import type { Prisma } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { REFRESH_TOKEN_MS } from "./session.ts";

/** A user's sessions that can still go on. */
export function openSessions(ctx: SystemContext, userId: string) {
  const since = new Date(ctx.clock.now().getTime() - REFRESH_TOKEN_MS);
  return { userId, revokedAt: null, lastUsedAt: { gt: since } } satisfies Prisma.SessionWhereInput;
}
