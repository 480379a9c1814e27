import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import {
  buildConversation,
  buildMessage,
  buildTenant,
  buildTicket,
  buildUser,
  type BuiltConversation,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import type { ModelContext } from "../language-models/index.ts";
import { openModelDesk, type ModelDesk } from "../language-models/models.fixture.ts";
import { suggestReply } from "./suggest-reply.ts";
import { summarizeTicket } from "./summarize-ticket.ts";
import { translateText } from "./translate-text.ts";

let desk: ModelDesk;
let tenantId: string;
let userId: string;
let agent: RequestContext & ModelContext;
let conversation: BuiltConversation;
let ticketId: string;

beforeAll(async () => {
  desk = await openModelDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.simulator.reset();
  tenantId = (await buildTenant(desk.ctx)).id;
  userId = (await buildUser(desk.ctx, { tenantId })).id;
  agent = actingAs(desk.ctx, { userId, tenantId });
  conversation = await buildConversation(desk.ctx, { tenantId });
  ticketId = (await buildTicket(desk.ctx, conversation)).id;
  await buildMessage(desk.ctx, conversation, { ticketId, content: { text: "How do I send an item back?" } });
  await desk.configure(tenantId);
});

async function allow(aiActionMonthlyQuota: number): Promise<void> {
  const own = { plan: "PRO", currency: "EUR", monthlyFee: "0", hardLimitPolicy: "BLOCK_AI" } as const;
  const validFrom = new Date("2020-01-01T00:00:00Z");
  await desk.ctx.database.withSystem((tx) =>
    tx.tenantBillingPlan.create({ data: { tenantId, id: newId(), validFrom, ...own, aiActionMonthlyQuota } }),
  );
}

const events = (type: string) =>
  desk.ctx.database.withTenant(tenantId, (tx) => tx.event.findMany({ where: { type }, orderBy: { seq: "asc" } }));

test("what people have the assistant do is told, and so is what the model took", async () => {
  await summarizeTicket(agent, { id: ticketId });
  await translateText(agent, { text: "Bonjour", to: "en" });
  await suggestReply(agent, { id: conversation.id });
  const uses = await events("AI_ASSISTED");
  expect(uses).toMatchObject([
    { actorId: userId, ticketId, data: { task: "summarize_ticket" } },
    { actorId: userId, data: { task: "translate" } },
  ]);
  expect(await events("AI_SUGGESTION_CREATED")).toMatchObject([{ data: { userId } }]);
  const calls = await desk.ctx.database.withTenant(tenantId, (tx) =>
    tx.aiModelCall.findMany({ orderBy: { id: "asc" } }),
  );
  expect((await events("AI_MODEL_CALLED")).map(({ data }) => data)).toEqual(
    calls.map(({ id: callId, task, inputTokens, outputTokens }) => ({
      callId,
      task,
      outcome: "success",
      inputTokens,
      outputTokens,
    })),
  );
});

test("it is refused once the plan is used up, before a model is asked", async () => {
  await allow(1);
  await translateText(agent, { text: "Bonjour", to: "en" });
  const asked = desk.simulator.models.ledger.calls.length;
  for (const again of [
    () => translateText(agent, { text: "Bonjour", to: "en" }),
    () => summarizeTicket(agent, { id: ticketId }),
    () => suggestReply(agent, { id: conversation.id }),
  ]) {
    await expect(again()).rejects.toMatchObject({ code: "quota_exceeded" });
  }
  expect(desk.simulator.models.ledger.calls).toHaveLength(asked);
  expect(await events("AI_ASSISTED")).toHaveLength(1);
});

test("of many uses at once exactly those are done that are left", async () => {
  await allow(3);
  const settled = await Promise.allSettled(
    Array.from({ length: 12 }, () => translateText(agent, { text: "Bonjour", to: "en" })),
  );
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  expect(await events("AI_ASSISTED")).toHaveLength(3);
});
