import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { endInvitation } from "./end-invitation.ts";
import { noSuchInvitation } from "./invitation-json.ts";

/**
 * Makes the link of an invitation worthless. One that was revoked before stays as it is. `conflict`: it was accepted.
 * `forbidden`: it is to a role above one's own.
 */
export async function revokeInvitation(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "invitations.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const invitation = await tx.invitation.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!invitation) throw noSuchInvitation();
    if (invitation.acceptedAt) {
      throw new DomainError("conflict", "The invitation was accepted; remove the member instead.");
    }
    if (!invitation.revokedAt) await endInvitation(ctx, tx, invitation);
  });
}
