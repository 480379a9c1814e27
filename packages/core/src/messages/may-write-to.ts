import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { findBlocked, QUOTA_OBSTACLE } from "../quotas/index.ts";
import { assertMaySend, maySend } from "../tenants/index.ts";

interface Addressee {
  tenantId: string;
  contactId: string;
}

/** Refuses as `forbidden` what would be sent by a tenant that may not, or to a contact who is blocked. */
export async function assertMayWriteTo(tx: Tx, { tenantId, contactId }: Addressee): Promise<void> {
  await assertMaySend(tx, tenantId);
  if (!(await isBlocked(tx, { tenantId, contactId }))) return;
  throw new DomainError("forbidden", "This contact is blocked, so nothing is sent to them; unblock the contact first.");
}

/** Why a message that was accepted earlier cannot be sent now, as its `error`; undefined if it can. */
export async function findObstacle(ctx: SystemContext, tx: Tx, { tenantId, contactId }: Addressee) {
  const { status } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { status: true } });
  if (!maySend(status)) {
    return {
      code: "company_may_not_send",
      title: "The company may not send",
      detail: `When it was to be sent, the company was ${status.toLowerCase()}; ask the platform's administrators.`,
      retryable: false,
    };
  }
  if (!(await isBlocked(tx, { tenantId, contactId }))) {
    return (await findBlocked(ctx, tx, tenantId, "MESSAGES")) ? QUOTA_OBSTACLE : undefined;
  }
  return {
    code: "contact_blocked",
    title: "The contact is blocked",
    detail: "When it was to be sent, the contact was blocked; unblock the contact and send it again.",
    retryable: false,
  };
}

async function isBlocked(tx: Tx, { tenantId, contactId }: Addressee): Promise<boolean> {
  const { blockedAt } = await tx.contact.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: contactId } },
    select: { blockedAt: true },
  });
  return blockedAt !== null;
}
