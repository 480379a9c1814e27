import type { Tx } from "@parley/db";
import { authorize, type Action, type RequestContext } from "../context/index.ts";

/** Whose raw events an actor works with: `null` is everybody's, including those that belong to no tenant. */
export type RawEventScope = { tenantId: string } | null;

/**
 * Runs `work` over the tenant's own raw events; for a SUPER_ADMIN who named no tenant, over all of them. Events of
 * unknown numbers belong to nobody, so only the latter sees them.
 */
export function withRawEvents<T>(
  ctx: RequestContext,
  action: Action,
  work: (tx: Tx, scope: RawEventScope) => Promise<T>,
): Promise<T> {
  if (ctx.actor.isSuperAdmin && ctx.actor.tenantId === null) {
    return ctx.database.withSystem((tx) => work(tx, null));
  }
  const tenantId = authorize(ctx, action);
  return ctx.database.withTenant(tenantId, (tx) => work(tx, { tenantId }));
}
