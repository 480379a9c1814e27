import type { Tx } from "@parley/db";
import { readAiSettings } from "../language-models/index.ts";
import { findTicketOfNewMessages, type TicketRow } from "../tickets/index.ts";
import { readStanding, type Standing } from "./read-standing.ts";
import type { AiTurnJson } from "./schemas.ts";

/** Whose turn it is in a conversation, with the ticket that is being worked on. */
export interface Turn {
  conversationId: string;
  ticket: TicketRow | null;
  standing: Standing;
  mostTurns: number;
}

export async function readTurn(tx: Tx, tenantId: string, conversationId: string): Promise<Turn> {
  const ticket = await findTicketOfNewMessages(tx, { tenantId, conversationId });
  const standing = await readStanding(tx, { tenantId, id: conversationId }, ticket);
  const { mostTurns } = await readAiSettings(tx, tenantId);
  return { conversationId, ticket, standing, mostTurns };
}

export function toTurnJson({ conversationId, ticket, standing, mostTurns }: Turn): AiTurnJson {
  const { heldAt, heldBy, handedOffAt, handOffReason, burstStartedAt, releasedAt, ...plain } = standing;
  return {
    conversationId,
    ticketId: ticket?.id ?? null,
    obstacle: obstacleOf(standing, mostTurns),
    held: heldAt && { since: heldAt.toISOString(), by: heldBy },
    handedOff: handedOffAt && { since: handedOffAt.toISOString(), because: handOffReason ?? "unknown" },
    ...plain,
    mostTurns,
    writingSince: burstStartedAt?.toISOString() ?? null,
    releasedAt: releasedAt?.toISOString() ?? null,
  };
}

function obstacleOf(standing: Standing, mostTurns: number): AiTurnJson["obstacle"] {
  if (standing.heldAt) return "held";
  if (standing.handedOffAt) return "handed_off";
  if (standing.personTookOver) return "person_took_over";
  return standing.turnsTaken >= mostTurns ? "too_many_turns" : null;
}
