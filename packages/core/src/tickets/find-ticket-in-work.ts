import type { Tx } from "@parley/db";
import type { TicketRow } from "./lock-ticket.ts";

interface Place {
  tenantId: string;
  conversationId: string;
}

/** The conversation's own ticket that is being worked on. One that was split off stands beside. Relies on ticket_one_open_key. */
export function findTicketInWork(tx: Tx, { tenantId, conversationId }: Place): Promise<TicketRow | null> {
  return tx.ticket.findFirst({
    where: { tenantId, conversationId, splitFromId: null, status: { notIn: ["RESOLVED", "CLOSED"] } },
  });
}

/**
 * The ticket that what is written now in the conversation belongs to: its own that is being worked on, or the one that
 * its latest was merged into, while that is. The caller holds the conversation's lock. Relies on
 * ticket_tenant_id_conversation_id_created_at_idx.
 */
export async function findTicketOfNewMessages(tx: Tx, place: Place): Promise<TicketRow | null> {
  const own = await findTicketInWork(tx, place);
  if (own) return own;
  const latest = await tx.ticket.findFirst({
    where: { ...place, splitFromId: null },
    orderBy: { createdAt: "desc" },
    select: { mergedInto: true },
  });
  const target = latest?.mergedInto;
  return target && target.status !== "RESOLVED" && target.status !== "CLOSED" ? target : null;
}
