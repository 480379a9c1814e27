import type { Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/**
 * Ends all sessions of a user, or all but one. The user is locked first: whoever opens a session holds the user
 * (`holdUser`), so none is opened unseen while these are ended.
 */
export async function revokeSessions(
  ctx: SystemContext,
  tx: Tx,
  sessions: { userId: string; except?: string | null },
): Promise<void> {
  const { userId, except = null } = sessions;
  await tx.$queryRaw`select id from app_user where id = ${userId}::uuid for no key update`;
  await tx.session.updateMany({
    where: { userId, revokedAt: null, ...(except === null ? {} : { id: { not: except } }) },
    data: { revokedAt: ctx.clock.now() },
  });
}
