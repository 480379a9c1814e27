import { sqlOf, type AnyTx } from "@parley/db";
import { openPeriods } from "../billing-plans/index.ts";
import type { SystemContext } from "../context/index.ts";
import { buyRecharge } from "./buy-recharge.ts";
import { findLimited } from "./limit-states.ts";
import { quotaExceeded } from "./quota-exceeded.ts";

/**
 * Refuses as `quota_exceeded` a ticket that somebody of the company opens beyond the plan's limit, if its policy blocks
 * anything. To be asked after the ticket's number was drawn: that is what tickets are counted by, and it holds the tenant's
 * row, so those who open one at the same time are asked one after the other. What customers write is never refused.
 */
export async function assertTicketQuota(ctx: SystemContext, tx: AnyTx, tenantId: string): Promise<void> {
  const sql = sqlOf(tx);
  for (;;) {
    const now = ctx.clock.now();
    const state = (await findLimited(sql, [tenantId], now)).get(tenantId);
    if (!state || state.ticketsAllowed === null || state.policy === "OVERAGE") return;
    if (state.period === null) {
      await openPeriods(sql, [{ tenantId, at: now }]);
      continue;
    }
    if (BigInt(state.ticketsUsed) <= BigInt(state.ticketsAllowed)) return;
    if (state.policy !== "AUTO_RECHARGE") throw quotaExceeded("TICKETS");
    // It is used already: one more is needed than is missing to the next.
    await buyRecharge(ctx, sql, { tenantId, meter: "TICKETS", units: 0 });
  }
}
