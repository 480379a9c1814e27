import { TransactionConflict } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { findTicketOfNewMessages, lockTicket } from "../tickets/index.ts";
import type { MessageJson, SendMessageInput } from "./schemas.ts";
import { writeMessage } from "./write-message.ts";

/**
 * Accepts a message to the contact of a conversation, or a note in it. It is sent later, in the order of acceptance, or
 * at the time that is given. `forbidden`: the tenant may not send, or the contact is blocked. `conflict`: the ticket
 * cannot have the status that is to follow.
 */
export async function sendMessage(
  ctx: RequestContext,
  input: SendMessageInput & { conversationId: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { conversationId, type: _text, ...written } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      if (written.thenStatus !== undefined) {
        // A ticket into which others were merged has several conversations, which are locked in the order of their ids.
        const place = { tenantId, conversationId };
        const seen = await findTicketOfNewMessages(tx, place);
        if (seen) await lockTicket(tx, tenantId, seen.id);
        await lockConversation(tx, tenantId, conversationId);
        const ticket = await findTicketOfNewMessages(tx, place);
        if (ticket && ticket.id !== seen?.id) {
          throw new TransactionConflict("the conversation's ticket became another while it was locked");
        }
      }
      const conversation = await lockConversation(tx, tenantId, conversationId);
      return writeMessage(ctx, tx, conversation, written);
    }),
  );
}
