import { sqlOf, statement, type AnyTx, type ConversationStatus, type TicketStatus } from "@parley/db";
import type { LockedConversation } from "../conversations/index.ts";
import type { TicketRow } from "./ticket-row.ts";
import { isUnfinished } from "./transitions.ts";

/** What a conversation shows of its ticket. */
type Showing = Pick<LockedConversation, "tenantId" | "id" | "status" | "assigneeId" | "teamId" | "version">;

/** A locked ticket with the locked conversations in which its change is seen. */
export interface Shown {
  ticket: TicketRow;
  conversation: Showing;
  mergedConversations?: readonly Pick<Showing, "id" | "status">[];
}

// conversation_pkey
const SHOW = statement(
  "conversation_show_ticket",
  `update conversation set status = $3, assignee_id = $4, team_id = $5, version = version + 1
    where tenant_id = $1 and id = $2`,
);
// conversation_pkey, ticket_one_open_key
const RESOLVE_WITHOUT_WORK = statement(
  "conversation_resolve_without_work",
  `update conversation c set status = 'RESOLVED', version = c.version + 1
    where c.tenant_id = $1 and c.id = any($2)
      and not exists (select from ticket t
                       where t.tenant_id = $1 and t.conversation_id = c.id and t.split_from_id is null
                         and t.status not in ('RESOLVED', 'CLOSED'))`,
);

/** A conversation shows status, assignee and team of its own ticket. One that was split off stands beside. */
export async function followInConversation(
  tx: AnyTx,
  { ticket, conversation }: Shown,
  after: Pick<TicketRow, "status" | "assigneeId" | "teamId">,
): Promise<void> {
  if (ticket.splitFromId !== null) return;
  // An older ticket that ended long ago has no say in a conversation that goes on.
  if (!isUnfinished(ticket.status) && !isUnfinished(after.status)) return;
  await showInConversation(tx, conversation, after);
}

/** Lets the conversation show the ticket, and returns it as it is then. The caller holds the locks of both. */
export async function showInConversation<Conversation extends Showing>(
  tx: AnyTx,
  conversation: Conversation,
  ticket: Pick<TicketRow, "status" | "assigneeId" | "teamId">,
): Promise<Conversation> {
  const { tenantId, id, version } = conversation;
  const { assigneeId, teamId } = ticket;
  const status = conversationStatus(ticket.status);
  const isSame =
    conversation.status === status && conversation.assigneeId === assigneeId && conversation.teamId === teamId;
  if (isSame) return conversation;
  await sqlOf(tx).run(SHOW, [tenantId, id, status, assigneeId, teamId]);
  return { ...conversation, status, assigneeId, teamId, version: version + 1 };
}

/**
 * When a ticket ends, so does what was written to it elsewhere: in the conversations of those that were merged into it,
 * and in that which it stands beside in, wherever no ticket of the conversation itself is being worked on.
 */
export async function resolveOtherConversations(
  tx: AnyTx,
  { ticket, conversation, mergedConversations = [] }: Shown,
): Promise<void> {
  const others = ticket.splitFromId === null ? mergedConversations : [conversation, ...mergedConversations];
  const unresolved = others.filter(({ status }) => status !== "RESOLVED").map(({ id }) => id);
  if (unresolved.length === 0) return;
  await sqlOf(tx).run(RESOLVE_WITHOUT_WORK, [ticket.tenantId, unresolved]);
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
