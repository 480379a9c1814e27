import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";
import { assertMayInvite } from "./assert-may-invite.ts";
import { toInvitationJson, type InvitationRow } from "./invitation-json.ts";

/** Revokes an invitation that was neither accepted nor revoked when it was read. `conflict`: it has been since. */
export async function endInvitation(ctx: RequestContext, tx: Tx, invitation: InvitationRow): Promise<void> {
  const { tenantId, id, role } = invitation;
  assertMayInvite(ctx.actor, role);
  const now = ctx.clock.now();
  const { count } = await tx.invitation.updateMany({
    where: { tenantId, id, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  if (count === 0) {
    throw new DomainError("conflict", "The invitation was accepted or revoked in this moment; look at it again.");
  }
  await recordAudit(ctx, tx, tenantId, {
    action: "invitation.revoked",
    subject: { type: "invitation", id },
    before: toInvitationJson(invitation, now),
    after: toInvitationJson({ ...invitation, revokedAt: now }, now),
  });
}
