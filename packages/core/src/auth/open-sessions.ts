import type { Prisma } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** A user's sessions that can still go on. */
export function openSessions(ctx: SystemContext, userId: string) {
  return { userId, revokedAt: null, expiresAt: { gt: ctx.clock.now() } } satisfies Prisma.SessionWhereInput;
}
