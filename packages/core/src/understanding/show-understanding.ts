import { DomainError } from "@parley/runtime";
import { understand } from "@parley/understanding";
import { authorize, type RequestContext } from "../context/index.ts";
import { storedText } from "../messages/index.ts";
import { asMessageUnderstanding, LOCAL } from "./message-understanding.ts";
import type { MessageUnderstandingJson } from "./schemas.ts";
import { toUnderstandingJson } from "./understanding-json.ts";
import { readUnderstanding } from "./understanding-rows.ts";

/** What was understood of a message, or what is understood of it now, locally, if nothing is stored. */
export async function showUnderstanding(
  ctx: RequestContext,
  { id: messageId }: { id: string },
): Promise<MessageUnderstandingJson> {
  const tenantId = authorize(ctx, "messages.read");
  const { stored, message } = await ctx.database.withTenant(tenantId, async (tx) => ({
    stored: (await readUnderstanding(tx, [{ tenantId, messageId }])).get(messageId),
    message: await tx.message.findUnique({
      where: { tenantId_id: { tenantId, id: messageId } },
      select: { content: true, inbox: { select: { channel: true } } },
    }),
  }));
  if (stored) return { ...toUnderstandingJson(stored), isStored: true };
  const text = message && storedText(message.content);
  if (!message || !text) throw new DomainError("not_found", "There is no message with this id that has a text.");
  const understood = asMessageUnderstanding(understand(text, { channel: message.inbox.channel }), LOCAL);
  return { ...toUnderstandingJson(understood), isStored: false };
}
