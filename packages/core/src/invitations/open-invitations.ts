import type { Prisma } from "@parley/db";

/** Those that can still be accepted. */
export function openInvitations(now: Date) {
  return { acceptedAt: null, revokedAt: null, expiresAt: { gt: now } } satisfies Prisma.InvitationWhereInput;
}
