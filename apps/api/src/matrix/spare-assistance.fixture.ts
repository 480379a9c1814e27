import { newId } from "@parley/runtime";
import { buildConversation, buildMessage } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

export async function spareSnippet(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const snippet = { title: "Spare", body: "Spare", language: "en" };
  await api.context.database.withSystem((tx) =>
    tx.knowledgeSnippet.create({ data: { tenantId: things.tenant, id, ...snippet } }),
  );
  return { things: { snippet: id } };
}

/** A conversation in which the contact has asked something that nobody has answered. */
export async function spareQuestion(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const conversation = await buildConversation(api.context, { tenantId: things.tenant });
  await buildMessage(api.context, conversation, { content: { text: `What is ${things.canary}?` } });
  return { things: { conversation: conversation.id } };
}
