import { DomainError } from "@parley/runtime";
import { assertAllowed, authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { lockConversation, noSuchConversation } from "../conversations/index.ts";
import { prepareOnce } from "../idempotency/index.ts";
import type { ModelContext } from "../language-models/index.ts";
import { createDraft, toDraftJson, type AiDraftJson } from "../response-drafts/index.ts";
import { assertNotBlocked, takeUnits } from "../quotas/index.ts";
import { findTicketOfNewMessages } from "../tickets/index.ts";
import { composeReply, type ComposedReply } from "./compose-reply.ts";
import { noAnswer } from "./no-answer.ts";
import { findNewestOfContact } from "./read-thread.ts";

/**
 * Drafts a reply to what the contact has written since they were answered, for whoever asks to look it over. `conflict`:
 * there is nothing to answer, nothing to answer it with, the model leaves it to a person, or the contact has written again
 * meanwhile.
 */
export async function suggestReply(
  ctx: RequestContext & ModelContext,
  { id: conversationId }: { id: string },
): Promise<AiDraftJson> {
  const tenantId = authorize(ctx, "ai.use");
  return prepareOnce(
    ctx,
    tenantId,
    () => compose(ctx, tenantId, conversationId),
    async (tx, { reply, ticketId }) => {
      const conversation = await lockConversation(tx, tenantId, conversationId);
      if ((await findNewestOfContact(tx, tenantId, conversationId)) !== reply.messageId) {
        throw new DomainError("conflict", "The customer has written again meanwhile; ask again.");
      }
      const { text, language, sources, messageId } = reply;
      const confidence = reply.writtenBy === "local" ? null : reply.confidence;
      const askedBy = userIdOf(ctx.actor);
      const proposal = { text, language, confidence, sources, messageId, ticketId, actions: [], askedBy };
      const draft = await createDraft(ctx, tx, conversation, proposal);
      await takeUnits(ctx, tx, { tenantId, meter: "AI_ACTIONS", units: 1 });
      return toDraftJson(draft);
    },
  );
}

async function compose(
  ctx: RequestContext & ModelContext,
  tenantId: string,
  conversationId: string,
): Promise<{ reply: ComposedReply; ticketId: string | null }> {
  const ticketId = await ctx.database.withTenant(tenantId, async (tx) => {
    const where = { tenantId_id: { tenantId, id: conversationId } };
    if (!(await tx.conversation.findUnique({ where, select: { id: true } }))) throw noSuchConversation();
    return (await findTicketOfNewMessages(tx, { tenantId, conversationId }))?.id ?? null;
  });
  for (const action of ["conversations.read", "messages.read"] as const) assertAllowed(ctx.actor, action);
  await assertNotBlocked(ctx, tenantId, "AI_ACTIONS");
  const reply = await composeReply(ctx, tenantId, { conversationId, ticketId });
  if ("none" in reply) throw nothingToSuggest(reply);
  if (reply.text.trim() !== "") return { reply, ticketId };
  throw new DomainError("conflict", `The model leaves this to a person: ${reply.handOff ?? "it has no answer."}`);
}

function nothingToSuggest(reply: Extract<Awaited<ReturnType<typeof composeReply>>, { none: string }>): DomainError {
  if (reply.none === "nothing_to_answer") {
    return new DomainError("conflict", "The customer has written nothing since they were answered.");
  }
  const message = "No snippet fits what the customer has written; write one, or write the reply yourself.";
  if (reply.model === "no_model") return new DomainError("conflict", `${message} A language model could help as well.`);
  return new DomainError("conflict", `${message} ${noAnswer(reply.model).message}`);
}
