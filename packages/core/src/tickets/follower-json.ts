import type { Prisma } from "@parley/db";
import type { FollowerJson } from "./schemas.ts";

export const followerInclude = {
  membership: { select: { user: { select: { fullName: true } } } },
} satisfies Prisma.TicketFollowerInclude;

type FollowerRow = Prisma.TicketFollowerGetPayload<{ include: typeof followerInclude }>;

export function toFollowerJson({ userId, membership, createdAt }: FollowerRow): FollowerJson {
  return { userId, fullName: membership.user.fullName, createdAt: createdAt.toISOString() };
}
