import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { onceFor } from "../idempotency/index.ts";
import type { SwitchTenantInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";
import { requireWorkplace } from "./workplaces.ts";

/** A further session of the same user in another of their tenants; `sessionId`, the one that asks, goes on beside it. */
export function switchTenant(
  ctx: RequestContext,
  input: SwitchTenantInput & { sessionId: string | null },
): Promise<Session> {
  const id = requireUser(ctx);
  return ctx.database.withSystem(async (tx) => {
    const opened = await onceFor(ctx, tx, ["user", id], async () => {
      const user = await tx.user.findUnique({ where: { id } });
      if (!user) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
      const workplace = await requireWorkplace(tx, user, input.tenantId);
      return openSession(ctx, tx, { user, workplace, origin: ctx.origin });
    });
    await assertNotEnded(tx, { id: input.sessionId, userId: id });
    return opened;
  });
}

/**
 * An access token is believed for some seconds after its session was ended; that must not be the time to open another, or to
 * be told again of one.
 * Looked up once the user is held, so a session that is being ended is either seen to be, or ends this one too.
 */
async function assertNotEnded(tx: Tx, { id, userId }: { id: string | null; userId: string }): Promise<void> {
  const asking = id && (await tx.session.findFirst({ where: { id, userId, revokedAt: null }, select: { id: true } }));
  if (!asking) throw new DomainError("unauthenticated", "This session has ended; sign in again.");
}
