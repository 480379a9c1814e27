import type { TenantRules } from "../rule-books/index.ts";
import type { Facts } from "../rule-conditions/index.ts";
import type { RuleEvent } from "../rule-events/index.ts";
import { conversationOf, type RulesContext } from "../rule-runs/index.ts";
import { lockTicket } from "../tickets/index.ts";
import { findObstacleToAnswer, handOff, holdHandOffTeam } from "../turns/index.ts";

/** What a customer wants is taken to be known from here on. */
const CLEAR = 0.6;
/** Rules would not answer for now; the conversation is theirs nevertheless. */
const STILL_OURS: ReadonlySet<string> = new Set(["too_many_turns", "window_closed"]);

/**
 * Leaves a turn to people if the customer asks for one, or wants what the company's rules do not answer; before any rule is
 * asked to answer it. Where no rule answers turns by itself, or people have the conversation already, there is nothing to
 * leave.
 */
export async function handOffTurn(
  ctx: RulesContext,
  event: RuleEvent & { ticketId: string },
  facts: Facts,
  { answersTurns, settings }: TenantRules,
): Promise<void> {
  if (event.type !== "TURN_DUE" || !answersTurns) return;
  const reason = reasonToHandOff(facts, settings.handOffIntents);
  if (reason === null) return;
  await ctx.database.withSystem(async (tx) => {
    await holdHandOffTeam(tx, event.tenantId, settings);
    const locked = await lockTicket(tx, event.tenantId, event.ticketId);
    const conversation = conversationOf(event, locked);
    if (!conversation) return;
    const { messageId } = event;
    const place = { ticket: locked.ticket, conversation };
    const obstacle = await findObstacleToAnswer(ctx, tx, place, { messageId, settings });
    if (obstacle === null || STILL_OURS.has(obstacle)) {
      await handOff(ctx, tx, locked, { reason, settings, conversation });
    }
  });
}

function reasonToHandOff({ message }: Facts, intents: readonly string[]): string | null {
  const understanding = message?.understanding;
  if (!understanding) return null;
  if (understanding.wantsHuman) return "asked_for_a_person";
  const isLeft = intents.includes(understanding.intent) && understanding.intentConfidence >= CLEAR;
  return isLeft ? "left_to_people" : null;
}
