import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertNotMerged, lockTicket } from "../tickets/index.ts";
import type { AnswerTicketInput, MessageJson } from "./schemas.ts";
import { writeMessage } from "./write-message.ts";

/**
 * Accepts a message, or a note, in the conversation of a ticket; it belongs to that ticket, even if it is closed.
 * Refuses what `sendMessage` refuses, and as `conflict` a ticket that was merged into another.
 */
export async function answerTicket(
  ctx: RequestContext,
  input: AnswerTicketInput & { ticketId: string },
): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { ticketId, body: text, ...written } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { ticket, conversation } = await lockTicket(tx, tenantId, ticketId);
      assertNotMerged(ticket);
      return writeMessage(ctx, tx, conversation, { ...written, text, ticketId });
    }),
  );
}
