import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { findOrOpenConversation } from "./find-or-open-conversation.ts";
import type { ConversationJson, OpenConversationInput } from "./schemas.ts";
import { readConversation } from "./show-conversation.ts";

/** What a repetition under the same Idempotency-Key is answered too: a conversation that was new then stays new. */
export interface OpenedConversation {
  conversation: ConversationJson;
  /** False: it existed already, and is as it was. */
  isNew: boolean;
}

/** Opens the conversation of an inbox with a contact, or with whoever has an address. Nothing is sent. */
export async function openConversation(ctx: RequestContext, input: OpenConversationInput): Promise<OpenedConversation> {
  const tenantId = authorize(ctx, "conversations.change");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { id, isNew } = await findOrOpenConversation(ctx, tx, tenantId, input);
      return { conversation: await readConversation(ctx, tx, tenantId, id), isNew };
    }),
  );
}
