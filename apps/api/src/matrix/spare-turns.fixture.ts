import { newId } from "@parley/runtime";
import { buildConversation, buildTicket } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** One that waits for somebody's word. */
export async function spareDraft({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const tenantId = things.tenant;
  const conversation = await buildConversation(context, { tenantId });
  const { id: ticketId } = await buildTicket(context, conversation);
  const id = newId();
  const proposal = { text: `Hello from ${things.canary}`, actions: [{ type: "add_tags", tags: [things.canary] }] };
  await context.database.withSystem((tx) =>
    tx.aiResponseDraft.create({ data: { tenantId, id, conversationId: conversation.id, ticketId, ...proposal } }),
  );
  return { things: { aiDraft: id } };
}
