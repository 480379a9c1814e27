import { authorize, type RequestContext } from "../context/index.ts";
import { findOrOpenConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { appendMessage } from "./append-message.ts";
import type { MessageJson, SendToAddressInput } from "./schemas.ts";

/** Accepts a message to an address, with the contact and the conversation that it needs if they are not there yet. */
export async function sendToAddress(ctx: RequestContext, input: SendToAddressInput): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  const { inboxId, to, text, campaign } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const conversation = await findOrOpenConversation(ctx, tx, tenantId, { inboxId, to });
      return appendMessage(ctx, tx, conversation, { text, isInternal: false, campaign });
    }),
  );
}
