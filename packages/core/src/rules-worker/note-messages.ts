import { supersedeDrafts } from "../response-drafts/index.ts";
import type { TenantRules } from "../rule-books/index.ts";
import { findArrivals, type RuleEvent } from "../rule-events/index.ts";
import type { RulesContext } from "../rule-runs/index.ts";
import { noteArrivals } from "../turns/index.ts";
import { understandArrivals } from "../understanding/index.ts";
import { planNoAnswer } from "./no-answer.ts";

/**
 * What customers' messages bring about before any rule is asked: they are understood, drafts that do not know them are
 * out of date, and the clocks of turns and of unanswered customers run. May be repeated.
 */
export async function noteMessages(
  ctx: RulesContext,
  events: readonly RuleEvent[],
  rulesOf: (tenantId: string) => TenantRules,
): Promise<void> {
  const received = events.filter(({ type }) => type === "MESSAGE_RECEIVED");
  if (received.length === 0) return;
  const arrivals = await findArrivals(ctx.database.system, received);
  const written = arrivals.flatMap(({ text, ...arrival }) => (text === null ? [] : [{ ...arrival, text }]));
  await understandArrivals(ctx, written, (tenantId) => rulesOf(tenantId).settings);
  await ctx.database.system.transaction(async (sql) => {
    await supersedeDrafts(sql, arrivals, "newer_message");
    const turning = arrivals.filter(({ tenantId }) => rulesOf(tenantId).lookAtTurns);
    await noteArrivals(ctx, sql, turning, (tenantId) => rulesOf(tenantId).settings);
    await planNoAnswer(ctx, sql, arrivals, (tenantId) => rulesOf(tenantId).waits);
  });
}
