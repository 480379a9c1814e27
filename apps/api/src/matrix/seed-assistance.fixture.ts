import { encryptSecret, newId } from "@parley/runtime";
import type { TestApi } from "../api.fixture.ts";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "team" | "conversation" | "ticket" | "inbound" | "canary">;

/** What the company knows, what was understood, a model that answers, and what it has cost. */
export async function seedAssistance(api: TestApi, things: Tenant): Promise<Pick<Things, "snippet">> {
  const { tenant: tenantId, conversation: conversationId, ticket: ticketId, inbound: messageId, canary } = things;
  const { context } = api;
  const { openAiUrl } = (await api.simulator()).models;
  const sealing = { tenantId, recordId: tenantId, field: "ai_settings.api_key" };
  const month = new Date("2026-01-01");
  const [snippet, otherSnippet] = [newId(), newId()];
  await context.database.withSystem(async (tx) => {
    const known = { tenantId, title: `Title ${canary}`, body: `Body ${canary}`, tags: [canary] };
    await tx.knowledgeSnippet.createMany({
      data: [
        { ...known, id: otherSnippet, language: canary },
        { ...known, id: snippet, language: "en" },
      ],
    });
    await tx.aiSettings.create({
      data: {
        tenantId,
        provider: "OPENAI_COMPATIBLE",
        baseUrl: openAiUrl,
        sealedApiKey: encryptSecret(context.keyring, sealing, canary),
        model: canary,
        handOffIntents: [canary],
        handOffTeamId: things.team,
      },
    });
    const call = { tenantId, task: canary, provider: "OPENAI_COMPATIBLE", model: canary, month } as const;
    const about = { conversationId, ticketId, messageId };
    await tx.aiModelCall.createMany({
      data: [newId(), newId()].map((id) => ({ ...call, ...about, id, outcome: "FAILED", errorKind: canary })),
    });
    await tx.aiSpend.create({ data: { tenantId, month, spentMicros: 1_000n } });
    await tx.messageUnderstanding.create({
      data: {
        tenantId,
        messageId,
        language: canary,
        sentiment: canary,
        sentimentScore: 0,
        intent: canary,
        intentConfidence: 0.5,
        urgency: canary,
        wantsHuman: false,
        entities: [{ type: "order_number", value: canary }],
        source: canary,
      },
    });
  });
  return { snippet };
}
