import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { lockConversation, type LockedConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { appendMessage } from "./append-message.ts";
import type { MessageJson, SendMessageInput } from "./schemas.ts";

/** Accepts a message to the contact of a conversation, or a note in it. It is sent later, in the order of acceptance. */
export async function sendMessage(
  ctx: RequestContext,
  input: SendMessageInput & { conversationId: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const conversation = await lockConversation(tx, tenantId, input.conversationId);
      const replyToExternalId = await findAnswered(tx, conversation, input.replyToMessageId);
      return appendMessage(ctx, tx, conversation, { ...input, replyToExternalId });
    }),
  );
}

/** The provider's id of the message that is answered. */
async function findAnswered(
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
