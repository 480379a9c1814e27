import type { Tx } from "@parley/db";
import type { ActionReceipt, ActionStep, RuleAction } from "../rule-actions/index.ts";
import { createDraft } from "../response-drafts/index.ts";
import { textOf } from "../ticket-actions/index.ts";
import { loadTemplateValues } from "../text-templates/index.ts";
import type { LockedTicket } from "../tickets/index.ts";
import type { Composed } from "./compose-for.ts";
import type { RulesContext } from "./rules-context.ts";
import type { RuleRun } from "./run-rule.ts";

/** A ticket and the conversation in which its customer is answered, both locked. */
export type Place = Pick<LockedTicket, "ticket" | "conversation">;

/** Makes a draft of what a rule would do, for an agent to decide: of all its actions, or of `only` some. */
export async function proposeActions(
  ctx: RulesContext,
  tx: Tx,
  { ticket, conversation }: Place,
  { event, rule }: RuleRun,
  setting: { executionId: string; composed: Composed | null; only?: readonly ActionStep[] },
): Promise<ActionReceipt[]> {
  const { executionId, composed } = setting;
  const steps = setting.only ?? rule.actions.map((action, position): ActionStep => ({ position, action }));
  const answer = steps.find(({ action }) => replyTemplate(action) !== undefined);
  const template = answer && replyTemplate(answer.action);
  const written = composed && "text" in composed ? composed : undefined;
  const values = await loadTemplateValues({ actor: null, clock: ctx.clock }, tx, event.tenantId, {
    ticketId: event.ticketId,
  });
  const draft = await createDraft(ctx, tx, conversation, {
    text: answer ? (written?.text ?? textOf(template ?? "", values, { isInternal: false })) : null,
    language: written?.language ?? null,
    confidence: written?.confidence ?? null,
    sources: written?.sources ?? [],
    // Of what asks the customer something, the status that follows is proposed as well.
    actions: steps.flatMap(({ action }) => withoutReply(action)),
    ticketId: ticket.id,
    messageId: event.messageId,
    executionId,
    ruleId: rule.id,
  });
  const position = answer?.position ?? steps[0]?.position ?? 0;
  return [{ position, type: "draft_reply", effect: { draftId: draft.id } }];
}

/** The text of what answers; "" where it is composed. */
function replyTemplate(action: RuleAction): string | undefined {
  if (action.type === "send_reply" || action.type === "draft_reply") return action.text ?? "";
  return action.type === "request_more_info" ? action.text : undefined;
}

function withoutReply(action: RuleAction): RuleAction[] {
  if (action.type === "send_reply" || action.type === "draft_reply") return [];
  return action.type === "request_more_info" ? [{ type: "set_status", status: "WAITING_CUSTOMER" }] : [action];
}
