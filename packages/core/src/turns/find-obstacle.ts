import { together, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { isWithinWindow } from "../conversations/index.ts";
import type { PresenceBoard } from "../presence/index.ts";
import { maySend } from "../tenants/index.ts";
import { isUnfinished, type LockedTicket } from "../tickets/index.ts";
import { readCourse } from "./read-course.ts";
import { readStanding } from "./read-standing.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** Why rules are not to answer, in the order in which they are told. */
export type Obstacle =
  /** The customer has said more, and their next turn is answered; or has taken back what this one ended with. */
  | "superseded"
  /** By a person, a program or another rule. */
  | "answered"
  | "ticket_ended"
  | "contact_blocked"
  | "may_not_send"
  | "held"
  | "handed_off"
  | "person_took_over"
  /** Somebody types at this moment. */
  | "typing"
  | "too_many_turns"
  | "window_closed";

/**
 * Why rules are not to answer in a conversation now; null when they are. To be asked in the transaction that sends, under
 * the conversation's lock, so that what it says still holds when the answer is written. `messageId` is the newest message
 * of the turn that is answered; null where nothing particular is.
 */
export async function findObstacleToAnswer(
  ctx: SystemContext & { presence: Pick<PresenceBoard, "look"> },
  tx: AnyTx,
  { ticket, conversation }: Pick<LockedTicket, "ticket" | "conversation">,
  { messageId, settings }: { messageId: string | null; settings: Pick<TurnSettings, "mostTurns"> },
): Promise<Obstacle | null> {
  const { tenantId, id: conversationId } = conversation;
  const now = ctx.clock.now();
  const [course, standing, present] = await together([
    readCourse(tx, conversation, messageId),
    readStanding(tx, conversation, ticket),
    ctx.presence.look({ tenantId, conversationId }, now),
  ]);
  if (course.isSuperseded) return "superseded";
  if (course.isAnswered) return "answered";
  if (messageId !== null && !isUnfinished(ticket.status)) return "ticket_ended";
  if (course.isBlocked) return "contact_blocked";
  if (!maySend(course.tenantStatus)) return "may_not_send";
  if (standing.heldAt) return "held";
  if (standing.handedOffAt) return "handed_off";
  if (standing.personTookOver) return "person_took_over";
  if (present.some(({ state }) => state === "typing")) return "typing";
  if (standing.turnsTaken >= settings.mostTurns) return "too_many_turns";
  return isWithinWindow(conversation, ticket.channel, now) ? null : "window_closed";
}
