import type { Tx } from "@parley/db";
import { publishEvents } from "../events/index.ts";
import { AI_AUTHOR } from "../messages/index.ts";
import { doActions, hasTemplate, type ActionReceipt, type ActionStep } from "../rule-actions/index.ts";
import { loadTemplateValues } from "../text-templates/index.ts";
import { subjectsOf, type LockedTicket, type TicketChanger } from "../tickets/index.ts";
import { NOT_YET, type ReadyRun } from "./ready-run.ts";
import { conversationOf } from "./conversation-of.ts";
import { proposeActions } from "./propose-actions.ts";
import type { RulesContext } from "./rules-context.ts";

/** In whose name rules change tickets. They may do whatever the system may. */
const BY_RULE: TicketChanger = { mover: "system", actor: { actorType: "AI" }, because: "rule" };

/** Does a rule's actions, or proposes them where it only suggests; in the transaction that holds the ticket. */
export async function doRule(
  ctx: RulesContext,
  tx: Tx,
  { run, locked, composed }: ReadyRun,
  executionId: string,
): Promise<ActionReceipt[]> {
  if (composed === NOT_YET) throw new Error("what the rule is to answer with is not written yet");
  const { event, rule } = run;
  const how = { executionId, composed };
  const place = { ticket: locked.ticket, conversation: conversationOf(event, locked) ?? locked.conversation };
  if (rule.executionMode === "SUGGEST_ONLY") return proposeActions(ctx, tx, place, run, how);
  const steps = rule.actions.map((action, position): ActionStep => ({ position, action }));
  const { tenantId, ticketId } = event;
  const receipts = await doActions(ctx, tx, locked, steps, {
    by: BY_RULE,
    author: AI_AUTHOR,
    conversation: place.conversation,
    values: rule.actions.some(hasTemplate)
      ? await loadTemplateValues({ actor: null, clock: ctx.clock }, tx, tenantId, { ticketId })
      : null,
    reply: composed && "text" in composed ? composed.text : undefined,
  });
  await tellOfReplies(ctx, tx, locked, receipts);
  const drafts = steps.filter(({ action }) => action.type === "draft_reply");
  if (drafts.length === 0) return receipts;
  return [...receipts, ...(await proposeActions(ctx, tx, place, run, { ...how, only: drafts }))];
}

/** The log says of what a rule answered more than that a message is queued. */
async function tellOfReplies(
  ctx: RulesContext,
  tx: Tx,
  { ticket }: LockedTicket,
  receipts: readonly ActionReceipt[],
): Promise<void> {
  const sent = receipts.flatMap(({ type, effect: { messageId } }) =>
    (type === "send_reply" || type === "request_more_info") && typeof messageId === "string" ? [messageId] : [],
  );
  await publishEvents(
    ctx,
    tx,
    sent.map((messageId) => ({
      ...subjectsOf(ticket),
      messageId,
      actorType: "AI" as const,
      type: "AI_REPLY_SENT" as const,
    })),
  );
}
