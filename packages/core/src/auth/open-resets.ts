import type { Prisma } from "@parley/db";

/** Those whose link is still good. */
export function openResets(now: Date) {
  return { usedAt: null, expiresAt: { gt: now } } satisfies Prisma.PasswordResetWhereInput;
}
