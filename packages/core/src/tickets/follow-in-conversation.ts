import type { ConversationStatus, TicketStatus, Tx } from "@parley/db";
import type { LockedConversation } from "../conversations/index.ts";
import type { LockedTicket, TicketRow } from "./lock-ticket.ts";
import { isUnfinished } from "./transitions.ts";

/** A conversation shows status, assignee and team of its own ticket. One that was split off stands beside. */
export async function followInConversation(
  tx: Tx,
  { ticket, conversation }: LockedTicket,
  after: TicketRow,
): Promise<void> {
  if (ticket.splitFromId !== null) return;
  // An older ticket that ended long ago has no say in a conversation that goes on.
  if (!isUnfinished(ticket.status) && !isUnfinished(after.status)) return;
  await showInConversation(tx, conversation, after);
}

/** Lets the conversation show the ticket, and returns it as it is then. The caller holds the locks of both. */
export async function showInConversation(
  tx: Tx,
  conversation: LockedConversation,
  ticket: Pick<TicketRow, "status" | "assigneeId" | "teamId">,
): Promise<LockedConversation> {
  const { assigneeId, teamId } = ticket;
  const status = conversationStatus(ticket.status);
  const isSame =
    conversation.status === status && conversation.assigneeId === assigneeId && conversation.teamId === teamId;
  if (isSame) return conversation;
  return tx.conversation.update({
    where: { tenantId_id: { tenantId: conversation.tenantId, id: conversation.id } },
    data: { status, assigneeId, teamId, version: { increment: 1 } },
  });
}

/**
 * When a ticket ends, so does what was written to it elsewhere: in the conversations of those that were merged into it,
 * and in that which it stands beside in, wherever no ticket of the conversation itself is being worked on.
 */
export async function resolveOtherConversations(
  tx: Tx,
  { ticket, conversation, mergedConversations = [] }: LockedTicket,
): Promise<void> {
  const others = ticket.splitFromId === null ? mergedConversations : [conversation, ...mergedConversations];
  const unresolved = others.filter(({ status }) => status !== "RESOLVED").map(({ id }) => id);
  if (unresolved.length === 0) return;
  await tx.conversation.updateMany({
    where: {
      tenantId: ticket.tenantId,
      id: { in: unresolved },
      tickets: { none: { splitFromId: null, status: { notIn: ["RESOLVED", "CLOSED"] } } },
    },
    data: { status: "RESOLVED", version: { increment: 1 } },
  });
}

function conversationStatus(status: TicketStatus): ConversationStatus {
  switch (status) {
    case "OPEN":
    case "ESCALATED":
      return "OPEN";
    case "PENDING":
    case "WAITING_CUSTOMER":
      return "PENDING";
    case "RESOLVED":
    case "CLOSED":
      return "RESOLVED";
  }
}
