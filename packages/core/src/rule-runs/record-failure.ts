import { sqlOf, type AiExecutionOutcome } from "@parley/db";
import { newId, type DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import { recordExecutions } from "../rule-executions/index.ts";
import { suspendRule } from "../rule-suspensions/index.ts";

/** After failures in so many conversations in a row a rule is left alone. One customer alone cannot stop it. */
const MAX_CONVERSATIONS = 5;

/**
 * Writes down that a rule was refused what it was to do, and suspends it when it keeps being. That the company's plan is used
 * up is not the rule's failure: it is passed over. Returns what it was written down as.
 */
export async function recordFailure(
  ctx: SystemContext,
  event: RuleEvent,
  rule: CompiledRule,
  refusal: DomainError,
): Promise<AiExecutionOutcome> {
  const { code, message } = refusal;
  const now = ctx.clock.now();
  const { tenantId } = event;
  const failedIn = event.conversationId ?? event.ticketId;
  if (code === "quota_exceeded") {
    const passedOver = { id: newId(), event, rule, outcome: "SKIPPED" as const, reason: code };
    await ctx.database.withSystem((tx) => recordExecutions(sqlOf(tx), [passedOver], now));
    return "SKIPPED";
  }
  await ctx.database.withSystem(async (tx) => {
    const failure = { id: newId(), event, rule, outcome: "FAILED" as const, error: { code, message } };
    // Another worker has written it down.
    if ((await recordExecutions(sqlOf(tx), [failure], now)) === 0) return;
    // Since the last success, which sets failures_in_a_row to 0.
    const [counted] = await tx.$queryRaw<{ conversations: number }[]>`
      update ai_rule
         set failures_in_a_row = failures_in_a_row + 1,
             failed_in = case when failures_in_a_row = 0 then array[${failedIn}::uuid]
                              when ${failedIn}::uuid = any(failed_in) then failed_in
                              else failed_in || ${failedIn}::uuid end
       where tenant_id = ${tenantId}::uuid and id = ${rule.id}::uuid and version = ${rule.version}
      returning cardinality(failed_in) as conversations`;
    if (!counted || counted.conversations < MAX_CONVERSATIONS) return;
    await suspendRule(ctx, tx, { tenantId, rule, because: "kept_failing", reason: message });
  });
  return "FAILED";
}
