import { composeReply, type ComposedReply, type NoReply } from "../assistance/index.ts";
import type { CompiledRule } from "../rule-definitions/index.ts";
import type { RulesContext } from "./rules-context.ts";
import type { RuleRun } from "./run-rule.ts";

/** A reply that was written for a rule, or why there is none. */
export type Composed = ComposedReply | NoReply;

/** Whether what the rule answers with has to be written first, which takes seconds where a model does. */
export function isComposed({ actions }: Pick<CompiledRule, "actions">): boolean {
  return actions.some(
    (action) => (action.type === "send_reply" || action.type === "draft_reply") && action.compose === true,
  );
}

/** What a rule is to answer with, where that is not its own text; written before its transaction. Null for all others. */
export async function composeFor(ctx: RulesContext, { event, rule, tenant }: RuleRun): Promise<Composed | null> {
  const { tenantId, conversationId, ticketId } = event;
  if (!isComposed(rule) || conversationId === null) return null;
  return composeReply(ctx, tenantId, { conversationId, ticketId, settings: tenant.settings });
}
