import type { Tx } from "@parley/db";
import { isUnfinished } from "../tickets/index.ts";
import { findObstacleToAnswer } from "../turns/index.ts";
import type { Composed } from "./compose-for.ts";
import type { Place } from "./propose-actions.ts";
import type { RulesContext } from "./rules-context.ts";
import type { RuleRun } from "./run-rule.ts";

/** What is left to people: from then on rules do not answer in the conversation. */
export const HANDS_OFF: ReadonlySet<string> = new Set(["too_many_turns", "low_confidence", "model_declined"]);

/** A draft disturbs nobody who holds the conversation, types, or has answered often enough. */
const SPOILS_DRAFTS: ReadonlySet<string> = new Set(["superseded", "answered", "ticket_ended", "contact_blocked"]);

/**
 * Why a rule is not to answer now, in lower_snake; null when it is to. To be asked in the transaction that sends, under
 * the conversation's lock.
 */
export async function findObstacle(
  ctx: RulesContext,
  tx: Tx,
  { event, rule, tenant }: RuleRun,
  place: Place,
  composed: Composed | null,
): Promise<string | null> {
  // What has ended is not taken up again by whoever answers, unless that is what the rule is for.
  if (!isUnfinished(place.ticket.status) && rule.trigger !== "TICKET_RESOLVED") return "ticket_ended";
  const onlyProposes =
    rule.executionMode === "SUGGEST_ONLY" ||
    rule.actions.every(({ type }) => type !== "send_reply" && type !== "request_more_info");
  const obstacle = await findObstacleToAnswer(ctx, tx, place, {
    messageId: answeredMessage(event, composed),
    settings: tenant.settings,
  });
  if (obstacle && (!onlyProposes || SPOILS_DRAFTS.has(obstacle))) return obstacle;
  if (!composed) return null;
  if ("none" in composed) return composed.none;
  if (onlyProposes) return composed.text === "" ? "model_declined" : null;
  if (composed.handOff !== undefined) return "model_declined";
  return composed.confidence >= tenant.settings.leastConfidence ? null : "low_confidence";
}

/** Null where nothing particular is answered. */
function answeredMessage({ type, messageId }: RuleRun["event"], composed: Composed | null): string | null {
  if (type === "TURN_DUE" || type === "NO_ANSWER_TIMEOUT") return messageId;
  return composed && "messageId" in composed ? composed.messageId : null;
}
