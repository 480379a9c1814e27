import type { Message, Tx } from "@parley/db";
import { storedText } from "./message-json.ts";

/**
 * Gives the text of a cancelled message back to whom it came from: it was their draft. What they have begun to write
 * since is theirs and stays, and whoever is no member any more gets nothing.
 */
export async function giveBackDraft(tx: Tx, message: Message, now: Date): Promise<void> {
  const { tenantId, conversationId, inboxId, senderId: userId, replyToExternalId } = message;
  const body = storedText(message.content);
  if (!message.fromDraft || userId === null || body === undefined) return;
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length === 0) return;
  const answered =
    replyToExternalId === null
      ? null
      : await tx.message.findFirst({
          where: { tenantId, inboxId, externalId: replyToExternalId },
          select: { id: true },
        });
  await tx.draft.createMany({
    data: [{ tenantId, userId, conversationId, body, replyToId: answered?.id ?? null, updatedAt: now }],
    skipDuplicates: true,
  });
}
