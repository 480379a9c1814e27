import type { Tx } from "@parley/db";

/** The tenant's next ticket number. Locks the tenant's row until the commit, so that no number is left out. */
export async function drawTicketNumber(tx: Tx, tenantId: string): Promise<bigint> {
  const { lastTicketNumber } = await tx.tenant.update({
    where: { id: tenantId },
    data: { lastTicketNumber: { increment: 1 } },
    select: { lastTicketNumber: true },
  });
  return lastTicketNumber;
}
