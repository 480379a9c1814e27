import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { TicketRow } from "../tickets/index.ts";
import { IS_SAID } from "./customer-messages.ts";

/** Who has stood in the way of rules in a conversation since its ticket began, or since they were let in again. */
export interface Standing {
  burstStartedAt: Date | null;
  /** Null if nobody holds it; what was held in an earlier ticket is not held any more. */
  heldAt: Date | null;
  heldBy: string | null;
  handedOffAt: Date | null;
  handOffReason: string | null;
  releasedAt: Date | null;
  /** Somebody of the company has answered, here or in the channel's own app. */
  personTookOver: boolean;
  /** How often rules have answered. */
  turnsTaken: number;
}

/** Messages may be older than the ticket that they opened: they were stored so much later. */
const OLDER_THAN_TICKET_MS = 24 * 3_600_000;

// conversation_turn_pkey; message_tenant_id_conversation_id_occurred_at_id_idx, from $5 on.
const READ = statement<Standing>(
  "turn_read_standing",
  `select t.burst_started_at as "burstStartedAt", t.held_at as "heldAt", t.held_by as "heldBy",
          t.handed_off_at as "handedOffAt", t.hand_off_reason as "handOffReason", t.released_at as "releasedAt",
          said."personTookOver", said."turnsTaken"
     from (select) one
     left join conversation_turn t on t.tenant_id = $1 and t.conversation_id = $2
    cross join lateral (
          select count(*) filter (where m.sender_type = 'AGENT') > 0 as "personTookOver",
                 (count(*) filter (where m.sender_type = 'AI' and m.ticket_id = $3))::int as "turnsTaken"
            from message m
           where m.tenant_id = $1 and m.conversation_id = $2 and m.occurred_at > greatest(t.released_at, $5)
             and (m.ticket_id = $3 or m.occurred_at > $4) and ${IS_SAID}
          ) said`,
);

/** What stands in the way of rules, as one statement reads it. Without a ticket nobody has taken over anything yet. */
export async function readStanding(
  tx: AnyTx,
  { tenantId, id }: { tenantId: string; id: string },
  ticket: Pick<TicketRow, "id" | "createdAt"> | null,
): Promise<Standing> {
  const began = ticket?.createdAt ?? null;
  const since = began && new Date(began.getTime() - OLDER_THAN_TICKET_MS);
  const [row] = await sqlOf(tx).rows(READ, [tenantId, id, ticket?.id ?? null, began, since ?? "infinity"]);
  if (!row) throw new Error("one row stands for the conversation, whether it has a turn or not");
  const isOfThisTicket = (at: Date | null): boolean => at !== null && (began === null || at >= began);
  return {
    ...row,
    ...(!isOfThisTicket(row.heldAt) && { heldAt: null, heldBy: null }),
    ...(!isOfThisTicket(row.handedOffAt) && { handedOffAt: null, handOffReason: null }),
  };
}
