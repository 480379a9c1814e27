import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, authorizeAnew, type RequestContext, type UserActor } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { mailQueue } from "../mail/index.ts";
import { lockTenant } from "../tenants/index.ts";
import { assertMayInvite } from "./assert-may-invite.ts";
import { endInvitation } from "./end-invitation.ts";
import { toInvitationJson } from "./invitation-json.ts";
import { openInvitations } from "./open-invitations.ts";
import type { CreateInvitationInput, InvitationJson } from "./schemas.ts";

const VALID_MS = 7 * 24 * 3_600_000;
/** More than join a company in a week; each is a mail in our name to somebody who may not want it. */
const MOST_OPEN = 500;

/**
 * Invites somebody by mail for a week. Whoever was invited before is invited anew: the older invitation is revoked.
 * `forbidden`: a role above one's own. `conflict`: a member of the company, or too many open invitations.
 */
export async function createInvitation(ctx: RequestContext, input: CreateInvitationInput): Promise<InvitationJson> {
  const tenantId = authorize(ctx, "invitations.manage");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const actor = await authorizeAnew(ctx, tx, "invitations.manage");
    assertMayInvite(actor, input.role);
    return once(ctx, tx, () => invite({ ...ctx, actor }, tx, tenantId, input));
  });
}

async function invite(
  ctx: RequestContext & { actor: UserActor },
  tx: Tx,
  tenantId: string,
  { email, role }: CreateInvitationInput,
): Promise<InvitationJson> {
  // Whoever invites at the same time waits, so what is read here holds, and invitation_open_key refuses nobody.
  await lockTenant(tx, tenantId);
  await assertNotMember(tx, tenantId, email);
  const earlier = await tx.invitation.findFirst({ where: { tenantId, email, acceptedAt: null, revokedAt: null } });
  if (earlier) await endInvitation(ctx, tx, earlier);
  const now = ctx.clock.now();
  await assertRoom(tx, tenantId, now);
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

async function assertRoom(tx: Tx, tenantId: string, now: Date): Promise<void> {
  const open = await tx.invitation.count({ where: { tenantId, ...openInvitations(now) } });
  if (open < MOST_OPEN) return;
  throw new DomainError(
    "conflict",
    `The company has ${MOST_OPEN} open invitations, which is the most; revoke some, or wait until they are accepted or expire.`,
  );
}
