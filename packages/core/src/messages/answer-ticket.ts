import { authorize, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { noSuchTicket } from "../tickets/index.ts";
import { appendMessage } from "./append-message.ts";
import type { AnswerTicketInput, MessageJson } from "./schemas.ts";

/** Accepts a message, or a note, in the conversation of a ticket; it belongs to that ticket, even if it is closed. */
export async function answerTicket(
  ctx: RequestContext,
  input: AnswerTicketInput & { ticketId: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { ticketId, body, isInternal } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const ticket = await tx.ticket.findUnique({
        where: { tenantId_id: { tenantId, id: ticketId } },
        select: { conversationId: true },
      });
      if (!ticket) throw noSuchTicket();
      const conversation = await lockConversation(tx, tenantId, ticket.conversationId);
      return appendMessage(ctx, tx, conversation, { text: body, isInternal, ticketId });
    }),
  );
}
