import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { TicketRow } from "./ticket-row.ts";
import type { TicketChanger } from "./ticket-changer.ts";

// membership_pkey
const IS_OFFLINE = statement<{ isOffline: boolean }>(
  "ticket_assignee_is_offline",
  `select availability = 'OFFLINE' as "isOffline" from membership where tenant_id = $1 and user_id = $2`,
);

/**
 * Whether the assignee would not notice that a ticket comes to them, or comes back, because they are offline; unless it
 * is they who act. Such a ticket is nobody's. Ingest decides the same set-wise.
 */
export async function isAway(
  tx: AnyTx,
  { tenantId, assigneeId: userId }: Pick<TicketRow, "tenantId" | "assigneeId">,
  { actorId }: TicketChanger["actor"],
): Promise<boolean> {
  if (userId === null || userId === actorId) return false;
  const [member] = await sqlOf(tx).rows(IS_OFFLINE, [tenantId, userId]);
  return member?.isOffline ?? false;
}
