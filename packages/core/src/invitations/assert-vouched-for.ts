import type { Tx } from "@parley/db";
import { reachesRole } from "../context/index.ts";
import type { InvitationRow } from "./invitation-json.ts";
import { linkIsVoid } from "./link-is-void.ts";

/**
 * An invitation is worth what its inviter is: void when they have left the company, hold less than the role by now, or
 * when the company was closed. A SUPER_ADMIN need not be a member.
 */
export async function assertVouchedFor(
  tx: Tx,
  { tenantId, invitedBy, role }: Pick<InvitationRow, "tenantId" | "invitedBy" | "role">,
): Promise<void> {
  if (invitedBy === null) throw linkIsVoid();
  const inviter = await tx.user.findUnique({
    where: { id: invitedBy },
    select: { isSuperAdmin: true, memberships: { where: { tenantId }, select: { role: true } } },
  });
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { status: true } });
  if (!inviter || !tenant || tenant.status === "CLOSED") throw linkIsVoid();
  const held = inviter.memberships[0]?.role ?? null;
  if (!reachesRole({ isSuperAdmin: inviter.isSuperAdmin, role: held }, role)) throw linkIsVoid();
}
