import type { TenantStatus, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";

/** A SUSPENDED tenant reads and receives, a CLOSED one does neither; nothing of either leaves. */
export function maySend(status: TenantStatus): boolean {
  return status === "TRIAL" || status === "ACTIVE";
}

/** Refuses as `forbidden` what would send to customers of a tenant that may not. Reads one row by its key. */
export async function assertMaySend(tx: Tx, tenantId: string): Promise<void> {
  const { status } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { status: true } });
  if (maySend(status)) return;
  throw new DomainError(
    "forbidden",
    `This company is ${status.toLowerCase()}, so nothing is sent to customers; ask the platform's administrators.`,
  );
}
