import { sqlOf, type AnyTx, type UsageMeter } from "@parley/db";
import { openPeriods } from "../billing-plans/index.ts";
import type { SystemContext } from "../context/index.ts";
import { findLimited, isReached, type LimitState } from "./limit-states.ts";
import { quotaExceeded } from "./quota-exceeded.ts";
import { STOPS, type Limited } from "./stops.ts";

/** The limit for which nothing of a kind can be done now; undefined when something can. */
export function findStop(state: LimitState | undefined, what: Limited): UsageMeter | undefined {
  if (!state) return undefined;
  return STOPS[what][state.policy]?.find((meter) => isReached(state, meter));
}

/**
 * The limit for which nothing of a kind can be done now. Whoever does it asks `takeUnits` all the same: this spares what
 * would be done in vain.
 */
export async function findBlocked(
  ctx: Pick<SystemContext, "clock">,
  tx: AnyTx,
  tenantId: string,
  what: Limited,
): Promise<UsageMeter | undefined> {
  const sql = sqlOf(tx);
  const now = ctx.clock.now();
  const state = (await findLimited(sql, [tenantId], now)).get(tenantId);
  if (state?.period !== null) return findStop(state, what);
  await openPeriods(sql, [{ tenantId, at: now }]);
  return findStop((await findLimited(sql, [tenantId], now)).get(tenantId), what);
}

/** Refuses as `quota_exceeded` what could not be done now, before it costs anything. */
export async function assertNotBlocked(ctx: SystemContext, tenantId: string, what: Limited): Promise<void> {
  const stop = await ctx.database.withTenant(tenantId, (tx) => findBlocked(ctx, tx, tenantId, what));
  if (stop) throw quotaExceeded(stop);
}
