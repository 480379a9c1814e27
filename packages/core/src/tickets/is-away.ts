import type { Tx } from "@parley/db";
import type { TicketRow } from "./lock-ticket.ts";
import type { TicketChanger } from "./ticket-changer.ts";

/**
 * Whether the assignee would not notice that a ticket comes to them, or comes back, because they are offline; unless it
 * is they who act. Such a ticket is nobody's. Ingest decides the same set-wise.
 */
export async function isAway(
  tx: Tx,
  { tenantId, assigneeId: userId }: Pick<TicketRow, "tenantId" | "assigneeId">,
  { actorId }: TicketChanger["actor"],
): Promise<boolean> {
  if (userId === null || userId === actorId) return false;
  const member = await tx.membership.findUnique({
    where: { tenantId_userId: { tenantId, userId } },
    select: { availability: true },
  });
  return member?.availability === "OFFLINE";
}
