import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import {
  applyTicketChange,
  effectOfMove,
  holdAssignable,
  isUnfinished,
  subjectsOf,
  type LockedTicket,
  type TicketChange,
  type TicketChanger,
  type TicketRow,
} from "../tickets/index.ts";
import type { TurnSettings } from "./turn-settings.ts";

const BY_HAND_OFF: TicketChanger = { mover: "system", actor: { actorType: "AI" }, because: "handed_off" };

// conversation_turn_pkey
const HAND_OFF = statement(
  "turn_hand_off",
  `insert into conversation_turn as t (tenant_id, conversation_id, handed_off_at, hand_off_reason) values ($1, $2, $3, $4)
       on conflict (tenant_id, conversation_id)
       do update set handed_off_at = excluded.handed_off_at, hand_off_reason = excluded.hand_off_reason
    where t.handed_off_at is null or t.handed_off_at < $5`,
);
// team_pkey
const FIND_TEAM = statement<object>("turn_find_team", "select id from team where tenant_id = $1 and id = $2");

export interface HandingOff {
  /** lower_snake */
  reason: string;
  settings: Pick<TurnSettings, "handOffTeamId" | "handOffEscalates">;
  /** Where the customer wrote, if not in the ticket's own conversation. */
  conversation?: LockedConversation;
}

/**
 * Holds the team that tickets are handed to, if it is there. Whoever may call `handOff` calls this before the ticket or any
 * conversation is locked: teams are locked first.
 */
export function holdHandOffTeam(
  tx: AnyTx,
  tenantId: string,
  { handOffTeamId }: Pick<TurnSettings, "handOffTeamId">,
): Promise<void> {
  return holdAssignable(tx, tenantId, { teamId: handOffTeamId });
}

/**
 * Leaves a ticket to people, once: rules answer no more in its conversation until somebody releases it or the next ticket
 * begins. The ticket goes to the team that the settings name, which the caller holds (`holdHandOffTeam`), and is escalated,
 * as far as it can be. Returns the ticket as it is then; whoever goes on with it locks it anew.
 */
export async function handOff(
  ctx: SystemContext,
  tx: AnyTx,
  locked: LockedTicket,
  { reason, settings, conversation = locked.conversation }: HandingOff,
): Promise<TicketRow> {
  const { ticket } = locked;
  const values = [conversation.tenantId, conversation.id, ctx.clock.now(), reason, ticket.createdAt];
  if ((await sqlOf(tx).run(HAND_OFF, values)) === 0) return ticket;
  await publishEvents(ctx, tx, [
    {
      ...subjectsOf(ticket),
      conversationId: conversation.id,
      contactId: conversation.contactId,
      actorType: "AI",
      type: "AI_HANDED_OFF",
      data: { because: reason },
    },
  ]);
  if (!isUnfinished(ticket.status)) return ticket;
  return applyTicketChange(ctx, tx, locked, await changeOf(tx, ticket, settings), BY_HAND_OFF);
}

/** What cannot be is left out: the hand-off itself must not fail. */
async function changeOf(
  tx: AnyTx,
  { tenantId, status }: TicketRow,
  { handOffTeamId, handOffEscalates }: Pick<TurnSettings, "handOffTeamId" | "handOffEscalates">,
): Promise<TicketChange> {
  // The settings may be those of a moment ago, and the team deleted since. If it is there, the caller holds it.
  const teams = handOffTeamId === null ? [] : await sqlOf(tx).rows(FIND_TEAM, [tenantId, handOffTeamId]);
  const canEscalate = effectOfMove(status, "ESCALATED", BY_HAND_OFF.mover) !== undefined;
  return {
    ...(handOffTeamId !== null && teams.length > 0 && { teamId: handOffTeamId }),
    ...(handOffEscalates && canEscalate && { status: "ESCALATED" }),
  };
}
