import type { Prisma } from "@parley/db";
import type { DraftJson } from "./schemas.ts";

export function toDraftJson(draft: Prisma.DraftGetPayload<object>): DraftJson {
  const { conversationId, body, isInternal, replyToId, updatedAt } = draft;
  return { conversationId, body, isInternal, replyToMessageId: replyToId, updatedAt: updatedAt.toISOString() };
}
