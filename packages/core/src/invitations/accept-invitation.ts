import { isUniqueViolation, type Prisma, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import {
  checkPassword,
  newPassword,
  openSession,
  recheckPassword,
  type AuthContext,
  type Session,
} from "../auth/index.ts";
import { onceFor, replayOr, type KeyOwner } from "../idempotency/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { hashMailToken } from "../mail/index.ts";
import { assertVouchedFor } from "./assert-vouched-for.ts";
import { linkIsVoid } from "./link-is-void.ts";
import { openInvitations } from "./open-invitations.ts";
import type { AcceptInvitationInput } from "./schemas.ts";

type User = Prisma.UserModel;
type OpenInvitation = Prisma.InvitationGetPayload<{ include: { tenant: true } }>;

/** Whoever accepts: somebody whose password was right, or somebody who is new here. */
type Guest = { user: User } | { fullName: string; passwordHash: string };

/**
 * Makes a member of whoever got the mail, once, and signs them in. Without an account for the e-mail, `fullName` and
 * `password` make one; with one, its password is to be proved. A token that is unknown, used, revoked or expired, and
 * one whose inviter could not invite to the role any more, is refused with the same words. A repetition under the same
 * Idempotency-Key whose password is not the user's any more is `invalid_credentials`.
 */
export async function acceptInvitation(ctx: AuthContext, input: AcceptInvitationInput): Promise<Session> {
  const owner: KeyOwner = ["accept_invitation", input.token];
  const session = await replayOr(ctx, owner, async () => {
    const invitation = await findInvitation(ctx, input.token);
    const guest = await receive(ctx, invitation.email, input);
    try {
      return await ctx.database.withSystem((tx) => onceFor(ctx, tx, owner, () => join(ctx, tx, invitation, guest)));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new DomainError(
        "conflict",
        "An account with this e-mail was made in this moment; accept with its password.",
      );
    }
  });
  // Nobody was let in without one.
  await recheckPassword(ctx, session, input.password ?? "");
  return session;
}

/** Looked up first, because hashing a password is expensive. */
async function findInvitation(ctx: AuthContext, token: string): Promise<OpenInvitation> {
  const where = { tokenHash: hashMailToken(token), ...openInvitations(ctx.clock.now()) };
  const invitation = await ctx.database.withSystem(async (tx) => {
    const found = await tx.invitation.findFirst({ where, include: { tenant: true } });
    if (found) await assertVouchedFor(tx, found);
    return found;
  });
  if (!invitation) throw linkIsVoid();
  return invitation;
}

async function receive(ctx: AuthContext, email: string, input: AcceptInvitationInput): Promise<Guest> {
  const user = await ctx.database.withSystem((tx) => tx.user.findUnique({ where: { email }, select: { id: true } }));
  if (!user) return newcomer(ctx, input);
  const { password } = input;
  if (password === undefined) throw incomplete({ password: "is needed: that of your account with this e-mail" });
  return { user: await checkPassword(ctx, { email, password }) };
}

async function newcomer(ctx: AuthContext, { fullName, password }: AcceptInvitationInput): Promise<Guest> {
  const chosen = newPassword.safeParse(password);
  if (fullName === undefined || !chosen.success) {
    throw incomplete({
      ...(fullName === undefined && { fullName: "is needed: there is no account with this e-mail yet" }),
      ...(!chosen.success && {
        password:
          password === undefined
            ? "is needed: choose one for your new account"
            : (chosen.error.issues[0]?.message ?? "cannot be used"),
      }),
    });
  }
  return { fullName, passwordHash: await ctx.passwords.hash(chosen.data, ctx.origin.address) };
}

function incomplete(faults: Record<string, string>): DomainError {
  const fields = Object.entries(faults).map(([path, message]) => ({ path, message }));
  return new DomainError("validation_failed", "Correct what is named in errors and accept again.", { fields });
}

async function join(ctx: AuthContext, tx: Tx, invitation: OpenInvitation, guest: Guest): Promise<Session> {
  const { tenantId, email, role, tenant } = invitation;
  await use(ctx, tx, invitation);
  await assertVouchedFor(tx, invitation);
  const now = ctx.clock.now();
  const stamps = { createdAt: now, updatedAt: now };
  const user =
    "user" in guest ? guest.user : await tx.user.create({ data: { id: newId(), email, ...guest, ...stamps } });
  const { count } = await tx.membership.createMany({
    data: [{ tenantId, userId: user.id, role, availabilityChangedAt: now, ...stamps }],
    skipDuplicates: true,
  });
  if (count === 0) throw new DomainError("conflict", "You are a member of this company already; sign in.");
  await recordAudit({ ...ctx, actor: { type: "user", userId: user.id } }, tx, tenantId, {
    action: "member.added",
    subject: { type: "member", id: user.id },
    after: { email, fullName: user.fullName, role: toJsonEnum(role), invitationId: invitation.id },
  });
  return openSession(ctx, tx, { user, workplace: { tenant, role }, origin: ctx.origin });
}

/** Of several who accept at the same time, one gets past this. */
async function use(ctx: AuthContext, tx: Tx, { tenantId, id }: OpenInvitation): Promise<void> {
  const now = ctx.clock.now();
  const { count } = await tx.invitation.updateMany({
    where: { tenantId, id, ...openInvitations(now) },
    data: { acceptedAt: now },
  });
  if (count === 0) throw linkIsVoid();
}
