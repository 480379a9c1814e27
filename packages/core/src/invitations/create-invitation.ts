import { isUniqueViolation, type Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { assertUser, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { mailQueue } from "../mail/index.ts";
import { assertMayInvite } from "./assert-may-invite.ts";
import { endInvitation } from "./end-invitation.ts";
import { toInvitationJson } from "./invitation-json.ts";
import type { CreateInvitationInput, InvitationJson } from "./schemas.ts";

const VALID_MS = 7 * 24 * 3_600_000;

/**
 * Invites somebody by mail for a week. Whoever was invited before is invited anew: the older invitation is revoked.
 * `forbidden`: a role above one's own. `conflict`: a member of the company.
 */
export async function createInvitation(ctx: RequestContext, input: CreateInvitationInput): Promise<InvitationJson> {
  const tenantId = authorize(ctx, "invitations.manage");
  assertMayInvite(ctx.actor, input.role);
  const run = () => ctx.database.withTenant(tenantId, (tx) => once(ctx, tx, () => invite(ctx, tx, tenantId, input)));
  try {
    return await run();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Somebody else invited the same person in the same moment (invitation_open_key); now that is to be seen.
    return run().catch(refuseSecondRace);
  }
}

async function invite(
  ctx: RequestContext,
  tx: Tx,
  tenantId: string,
  { email, role }: CreateInvitationInput,
): Promise<InvitationJson> {
  assertUser(ctx.actor);
  await assertNotMember(tx, tenantId, email);
  const earlier = await tx.invitation.findFirst({ where: { tenantId, email, acceptedAt: null, revokedAt: null } });
  if (earlier) await endInvitation(ctx, tx, earlier);
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const invitation = await tx.invitation.create({
    data: { tenantId, id: newId(), email, role, invitedBy: ctx.actor.userId, expiresAt, createdAt: now },
  });
  const { id } = invitation;
  await ctx.outbox.enqueue(tx, [outboxRow(mailQueue, "send_invitation", { tenantId, invitationId: id })]);
  const json = toInvitationJson(invitation, now);
  await recordAudit(ctx, tx, tenantId, {
    action: "invitation.created",
    subject: { type: "invitation", id },
    after: json,
  });
  return json;
}

async function assertNotMember(tx: Tx, tenantId: string, email: string): Promise<void> {
  const member = await tx.membership.findFirst({ where: { tenantId, user: { email } }, select: { userId: true } });
  if (member) {
    throw new DomainError("conflict", "This person is a member already; change their role instead.");
  }
}

function refuseSecondRace(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  throw new DomainError("conflict", "Somebody else is inviting this person in this moment; look at the invitations.");
}
