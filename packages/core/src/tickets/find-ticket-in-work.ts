import { sqlOf, statement, type AnyTx, type Tx } from "@parley/db";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket, type TicketRow } from "./ticket-row.ts";

interface Place {
  tenantId: string;
  conversationId: string;
}

// ticket_one_open_key
const FIND_IN_WORK = statement<SelectedTicket>(
  "ticket_find_in_work",
  `select ${TICKET_COLUMNS} from ticket t
    where t.tenant_id = $1 and t.conversation_id = $2 and t.split_from_id is null
      and t.status not in ('RESOLVED', 'CLOSED')`,
);

/** The conversation's own ticket that is being worked on. One that was split off stands beside. */
export async function findTicketInWork(tx: AnyTx, { tenantId, conversationId }: Place): Promise<TicketRow | null> {
  const [ticket] = await sqlOf(tx).rows(FIND_IN_WORK, [tenantId, conversationId]);
  return ticket ? toTicketRow(ticket) : null;
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
