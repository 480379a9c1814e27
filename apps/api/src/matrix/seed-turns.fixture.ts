import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "owner" | "conversation" | "ticket" | "inbound" | "canary">;

/** Two suggestions of which one was changed, and a conversation that is left to people. */
export async function seedTurns(context: TestContext, things: Tenant): Promise<Pick<Things, "aiDraft">> {
  const {
    tenant: tenantId,
    owner,
    conversation: conversationId,
    ticket: ticketId,
    inbound: messageId,
    canary,
  } = things;
  const aiDraft = newId();
  const draft = {
    tenantId,
    conversationId,
    ticketId,
    messageId,
    text: `Hello from ${canary}`,
    language: canary,
    sources: [{ id: newId(), title: `About ${canary}` }],
    actions: [{ type: "add_tags", tags: [canary] }],
  };
  const decision = { finalText: `Changed by ${canary}`, reason: `Because of ${canary}`, decidedBy: owner };
  await context.database.withSystem(async (tx) => {
    await tx.aiResponseDraft.createMany({
      data: [
        { ...draft, id: newId() },
        { ...draft, ...decision, id: aiDraft, state: "EDITED", decidedAt: new Date() },
      ],
    });
    const turn = { handedOffAt: new Date(), handOffReason: canary };
    await tx.conversationTurn.create({ data: { tenantId, conversationId, ...turn } });
  });
  return { aiDraft };
}
