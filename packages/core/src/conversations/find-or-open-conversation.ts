import type { Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { lockConversation, type LockedConversation } from "./lock-conversation.ts";

/** The one conversation of a contact on an inbox, opened if there is none, and locked. Safe against ingest and twins. */
export async function findOrOpenConversation(
  ctx: RequestContext,
  tx: Tx,
  key: { tenantId: string; inboxId: string; contactId: string },
): Promise<LockedConversation> {
  const { tenantId, contactId } = key;
  const id = newId();
  const now = ctx.clock.now();
  const { count } = await tx.conversation.createMany({
    data: [{ ...key, id, lastMessageAt: now, createdAt: now }],
    skipDuplicates: true,
  });
  if (count === 1) {
    await publishEvents(ctx, tx, [
      {
        tenantId,
        type: "CONVERSATION_OPENED",
        actorType: "AGENT",
        actorId: ctx.actor.userId,
        contactId,
        conversationId: id,
      },
    ]);
  }
  const found = await tx.conversation.findUniqueOrThrow({
    where: { tenantId_inboxId_contactId_externalThreadId: { ...key, externalThreadId: "" } },
    select: { id: true },
  });
  return lockConversation(tx, tenantId, found.id);
}
