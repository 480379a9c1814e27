import type { Prisma } from "@parley/db";

/** Invitations that can still be accepted. */
export function openInvitation(now: Date) {
  return { acceptedAt: null, revokedAt: null, expiresAt: { gt: now } } satisfies Prisma.InvitationWhereInput;
}

/** Password resets that can still be used. */
export function openPasswordReset(now: Date) {
  return { usedAt: null, expiresAt: { gt: now } } satisfies Prisma.PasswordResetWhereInput;
}
