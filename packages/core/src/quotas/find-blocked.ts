import { sqlOf, type AnyTx, type HardLimitPolicy, type UsageMeter } from "@parley/db";
import { openPeriods } from "../billing-plans/index.ts";
import type { SystemContext } from "../context/index.ts";
import { findLimited, isReached, type LimitState } from "./limit-states.ts";
import { quotaExceeded } from "./quota-exceeded.ts";

/** What a plan may limit that somebody does; tickets that people open are asked for by `assertTicketQuota`. */
export type Limited = "AI_ACTIONS" | "MESSAGES";

/** Which limits, once they are reached, keep from what, as long as a policy holds. */
const STOPS: Readonly<Record<Limited, Partial<Record<HardLimitPolicy, readonly UsageMeter[]>>>> = {
  AI_ACTIONS: { BLOCK_AI: ["TICKETS", "AI_ACTIONS", "MESSAGES"], BLOCK_OUTBOUND: ["AI_ACTIONS"] },
  MESSAGES: { BLOCK_OUTBOUND: ["TICKETS", "MESSAGES"] },
};

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
