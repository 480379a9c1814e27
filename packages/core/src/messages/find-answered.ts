import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { LockedConversation } from "../conversations/index.ts";

/** The provider's id of the message that is answered. Refuses as `validation_failed` one that cannot be answered. */
export async function findAnswered(
  tx: Tx,
  conversation: LockedConversation,
  messageId: string | undefined,
): Promise<string | undefined> {
  if (messageId === undefined) return undefined;
  const { tenantId, id: conversationId } = conversation;
  const answered = await tx.message.findFirst({
    where: { tenantId, id: messageId, conversationId },
    select: { externalId: true },
  });
  if (answered?.externalId) return answered.externalId;
  const message = answered
    ? "names a message that the provider does not know"
    : "is not a message of this conversation";
  throw new DomainError("validation_failed", `replyToMessageId ${message}.`, {
    fields: [{ path: "replyToMessageId", message }],
  });
}
