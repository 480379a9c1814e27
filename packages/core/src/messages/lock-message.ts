import type { Message, Tx } from "@parley/db";
import { lockConversation, type LockedConversation } from "../conversations/index.ts";
import { noSuchMessage } from "./show-message.ts";

interface LockedMessage {
  message: Message;
  conversation: LockedConversation;
}

/**
 * The message as it is, and nobody claims or settles it until the transaction ends. The conversation's lock is taken
 * first, as always.
 */
export async function lockMessage(tx: Tx, tenantId: string, id: string): Promise<LockedMessage> {
  const key = { tenantId_id: { tenantId, id } };
  const found = await tx.message.findUnique({ where: key, select: { conversationId: true } });
  if (!found) throw noSuchMessage();
  const conversation = await lockConversation(tx, tenantId, found.conversationId);
  await tx.$queryRaw`select id from message where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  return { message: await tx.message.findUniqueOrThrow({ where: key }), conversation };
}
