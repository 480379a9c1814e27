import { sqlOf } from "@parley/db";
import { newId, type DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { tellSuspension } from "../rule-suspensions/index.ts";
import type { CompiledRule } from "./compile-rule.ts";
import type { RuleEvent } from "./read-events.ts";
import { recordExecutions } from "./record-executions.ts";

/** After failures in so many conversations in a row a rule is left alone. One customer alone cannot stop it. */
const MAX_CONVERSATIONS = 5;

/** Writes down that a rule was refused what it was to do, and suspends it when it keeps being. */
export async function recordFailure(
  ctx: SystemContext,
  event: RuleEvent,
  rule: CompiledRule,
  refusal: DomainError,
): Promise<void> {
  const { code, message } = refusal;
  const now = ctx.clock.now();
  const { tenantId } = event;
  const failedIn = event.conversationId ?? event.ticketId;
  await ctx.database.withSystem(async (tx) => {
    const failure = { id: newId(), event, rule, outcome: "FAILED" as const, error: { code, message } };
    // Another worker has written it down.
    if ((await recordExecutions(sqlOf(tx), [failure], now)) === 0) return;
    // Since the last success, which sets failures_in_a_row to 0.
    const [counted] = await tx.$queryRaw<{ conversations: number; isSuspended: boolean }[]>`
      update ai_rule
         set failures_in_a_row = failures_in_a_row + 1,
             failed_in = case when failures_in_a_row = 0 then array[${failedIn}::uuid]
                              when ${failedIn}::uuid = any(failed_in) then failed_in
                              else failed_in || ${failedIn}::uuid end
       where tenant_id = ${tenantId}::uuid and id = ${rule.id}::uuid and version = ${rule.version}
      returning cardinality(failed_in) as conversations, suspended_at is not null as "isSuspended"`;
    if (!counted || counted.isSuspended || counted.conversations < MAX_CONVERSATIONS) return;
    await tx.aiRule.update({
      where: { tenantId_id: { tenantId, id: rule.id } },
      data: { suspendedAt: now, suspendedReason: message },
    });
    await touchRules(tx, tenantId);
    await publishEvents(ctx, tx, [
      { tenantId, actorType: "SYSTEM", type: "AI_RULE_SUSPENDED", data: { ruleId: rule.id, because: "kept_failing" } },
    ]);
    await tellSuspension(ctx, tx, { tenantId, ruleId: rule.id, suspendedAt: now });
  });
}
