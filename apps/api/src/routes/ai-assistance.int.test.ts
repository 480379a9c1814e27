import type { Action } from "@parley/core/context";
import { sealApiKey } from "@parley/core/language-models";
import { newId } from "@parley/runtime";
import type { Simulator } from "@parley/simulator";
import {
  buildConversation,
  buildMessage,
  buildTicket,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, type Answer, type Desk } from "./desk.fixture.ts";

const RETURNS = "You can send an item back within 30 days. Put the label that we mail you on the parcel.";
const QUESTION = "Hello! How do I send an item back? It is order 402-1234567-1234567.";

let api: TestApi;
let desk: Desk;
let simulator: Simulator;
let conversation: BuiltConversation;
let ticket: BuiltTicket;
let messageId: string;

beforeAll(async () => {
  api = await startTestApi();
  simulator = await api.simulator();
});
afterAll(() => api.close());
beforeEach(async () => {
  simulator.reset();
  desk = await openDesk(api);
  const tenantId = desk.tenant.id;
  conversation = await buildConversation(api.context, { tenantId });
  ticket = await buildTicket(api.context, conversation, { subject: "Returns" });
  messageId = await say(QUESTION);
});

async function say(text: string, message: Parameters<typeof buildMessage>[2] = {}): Promise<string> {
  const content = { text };
  return (await buildMessage(api.context, conversation, { ticketId: ticket.id, content, ...message })).id;
}

async function know(title = "Returns", body = RETURNS): Promise<string> {
  const id = newId();
  const snippet = { tenantId: desk.tenant.id, id, title, body, language: "en" };
  await api.context.database.withSystem((tx) => tx.knowledgeSnippet.create({ data: snippet }));
  return id;
}

async function configure(settings: object = {}): Promise<void> {
  const tenantId = desk.tenant.id;
  const sealedApiKey = sealApiKey(api.context.keyring, tenantId, "key");
  const model = { provider: "OPENAI_COMPATIBLE", baseUrl: simulator.models.openAiUrl, model: "simulated" } as const;
  await api.context.database.withSystem((tx) =>
    tx.aiSettings.create({ data: { tenantId, ...model, sealedApiKey, ...settings } }),
  );
}

const suggest = (headers?: Record<string, string>) =>
  desk.client.post(`/ai/conversations/${conversation.id}/suggest`, undefined, headers);
const sumUp = () => desk.client.post(`/ai/tickets/${ticket.id}/summary`);
const understand = (text: string) => desk.client.post("/ai/understand", { text });
const translate = (body: object) => desk.client.post("/ai/translate", { to: "fr", ...body });
const show = async () => (await desk.client.get(`/ai/messages/${messageId}/understanding`)).body.data;
const told = ({ status, body }: Answer) => [status, body.code, body.detail];

describe("a suggestion", () => {
  test("is a draft of the snippet that fits, with its source, and the log tells of it", async () => {
    const id = await know();
    const { status, body } = await suggest();
    expect([status, body.data]).toMatchObject([
      201,
      {
        text: RETURNS,
        language: "en",
        confidence: null,
        sources: [{ id, title: "Returns" }],
        state: "pending",
        conversationId: conversation.id,
        ticketId: ticket.id,
        messageId,
        ruleId: null,
      },
    ]);
    const events = await api.context.database.withTenant(desk.tenant.id, (tx) =>
      tx.event.findMany({ where: { type: "AI_SUGGESTION_CREATED" } }),
    );
    expect(events).toMatchObject([{ actorType: "AI", ticketId: ticket.id, data: { draftId: body.data.id } }]);
  });

  test("is the model's where there is one", async () => {
    await configure();
    const id = await know();
    expect((await suggest()).body.data).toMatchObject({ text: RETURNS, confidence: 0.9, sources: [{ id }] });
    expect((await desk.as({ role: "MANAGER" }).get("/ai/calls")).body.data).toMatchObject([
      { task: "suggest_reply", outcome: "success", conversationId: conversation.id, ticketId: ticket.id, messageId },
    ]);
  });

  test("is refused with what to do where nothing fits", async () => {
    expect(told(await suggest())).toEqual([409, "conflict", expect.stringContaining("No snippet fits")]);
    await configure();
    simulator.models.setFaults({ status500: 1 });
    expect(told(await suggest())).toEqual([409, "conflict", expect.stringContaining("does not answer at the moment")]);
  });

  test("is refused where nothing is to be answered, or a person is to answer", async () => {
    await configure();
    simulator.models.setScript({
      answers: [
        {
          answer: {
            reply: "",
            language: "en",
            confidence: 0.2,
            sourceIds: [],
            handOff: true,
            handOffReason: "They threaten with the law.",
          },
        },
      ],
    });
    expect(told(await suggest())).toEqual([409, "conflict", expect.stringContaining("They threaten with the law.")]);
    await say("Done.", { direction: "OUTBOUND", answeredCount: 1 });
    expect(told(await suggest())).toEqual([409, "conflict", expect.stringContaining("written nothing since")]);
  });

  test("is made once under an Idempotency-Key, and asks the model once", async () => {
    await configure();
    await know();
    const first = await suggest({ "idempotency-key": "one" });
    const again = await suggest({ "idempotency-key": "one" });
    expect([again.status, again.body, again.headers["idempotency-replayed"]]).toEqual([201, first.body, "true"]);
    expect(simulator.models.ledger.calls).toHaveLength(1);
    const twins = await Promise.all([1, 2, 3].map(() => suggest({ "idempotency-key": "two" })));
    expect(new Set(twins.map(({ body }) => body.data.id)).size).toBe(1);
  });

  test("takes the place of the one before, and is nobody's of another company", async () => {
    await know();
    await suggest();
    await suggest();
    const drafts = await api.context.database.withTenant(desk.tenant.id, (tx) =>
      tx.aiResponseDraft.findMany({ orderBy: { id: "asc" } }),
    );
    expect(drafts.map(({ state }) => state)).toEqual(["SUPERSEDED", "PENDING"]);
    const theirs = await openDesk(api);
    expect((await theirs.client.post(`/ai/conversations/${conversation.id}/suggest`)).status).toBe(404);
    expect((await desk.client.post(`/ai/conversations/${newId()}/suggest`)).status).toBe(404);
  });
});

describe("a summary", () => {
  test("is in the words of those who wrote, without a model", async () => {
    const { status, body } = await sumUp();
    expect([status, body.data]).toEqual([
      200,
      {
        summary: `The customer wrote first: “How do I send an item back? It is order 402-1234567-1234567.” 1 message from the customer, 0 from us. Nobody has answered yet.`,
        points: ["Order 402-1234567-1234567", "Open question: How do I send an item back?"],
        nextStep: "Answer the customer.",
        language: "en",
        source: "local",
      },
    ]);
  });

  test("is the model's where there is one, and says so; the local one where it fails", async () => {
    await configure();
    expect((await sumUp()).body.data).toMatchObject({
      summary: expect.stringMatching(/^1 messages, from/),
      points: ["Order 402-1234567-1234567", expect.any(String)],
      source: "model",
    });
    simulator.models.setFaults({ malformed: 1 });
    expect((await sumUp()).body.data).toMatchObject({ source: "local", nextStep: "Answer the customer." });
  });

  test("is in the company's first language, and tells of what was merged into the ticket", async () => {
    const other = await buildConversation(api.context, { tenantId: desk.tenant.id });
    await buildTicket(api.context, other, { status: "CLOSED", mergedIntoId: ticket.id, resolvedAt: new Date() });
    await buildMessage(api.context, other, { ticketId: ticket.id, content: { text: "Et ma facture ?" } });
    await api.context.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: desk.tenant.id }, data: { languages: ["fr", "en"] } }),
    );
    const { summary, language, points } = (await sumUp()).body.data;
    expect([language, summary]).toEqual(["fr", expect.stringContaining("2 messages du client")]);
    expect(points).toContain("Question ouverte : Et ma facture ?");
  });

  test("is of nothing that was an internal note, nor of another company's ticket", async () => {
    await say("He is a liar", { direction: "OUTBOUND", isInternal: true });
    expect(JSON.stringify((await sumUp()).body)).not.toContain("liar");
    const theirs = await openDesk(api);
    expect((await theirs.client.post(`/ai/tickets/${ticket.id}/summary`)).status).toBe(404);
  });
});

describe("understanding", () => {
  test("tells what would be understood, and stores nothing", async () => {
    const { status, body } = await understand("I am furious, my order 402-1234567-1234567 arrived broken!");
    expect([status, body.data]).toMatchObject([
      200,
      {
        language: "en",
        sentiment: { label: "negative" },
        entities: [{ type: "order_number", value: "402-1234567-1234567" }],
        wantsHuman: false,
        source: "local",
      },
    ]);
    const stored = await api.context.database.withTenant(desk.tenant.id, (tx) => tx.messageUnderstanding.count());
    expect(stored).toBe(0);
  });

  test("is the model's where messages are understood by it", async () => {
    await configure({ understanding: "MODEL" });
    expect((await understand("Hello")).body.data).toMatchObject({ source: "simulated" });
    simulator.models.setFaults({ status500: 1 });
    expect((await understand("Hello")).body.data).toMatchObject({ source: "local" });
  });

  test("of a message is what is stored, or what is understood now", async () => {
    expect(await show()).toMatchObject({ language: "en", isStored: false });
    await api.context.database.withSystem((tx) =>
      tx.messageUnderstanding.create({
        data: {
          tenantId: desk.tenant.id,
          messageId,
          sentiment: "positive",
          sentimentScore: 0.125,
          intent: "invoice",
          intentConfidence: 0.5,
          urgency: "low",
          wantsHuman: true,
          source: "some-model",
        },
      }),
    );
    expect(await show()).toEqual({
      language: null,
      sentiment: { label: "positive", score: 0.125 },
      intent: { label: "invoice", confidence: 0.5 },
      urgency: "low",
      wantsHuman: true,
      entities: [],
      source: "some-model",
      isStored: true,
    });
  });

  test("is of no message without a text, nor of another company's", async () => {
    const image = await buildMessage(api.context, conversation, { type: "image", content: {} });
    expect((await desk.client.get(`/ai/messages/${image.id}/understanding`)).status).toBe(404);
    const theirs = await openDesk(api);
    expect((await theirs.client.get(`/ai/messages/${messageId}/understanding`)).status).toBe(404);
  });
});

describe("a translation", () => {
  test("is the model's, of a text or of what a message says", async () => {
    await configure();
    expect((await translate({ text: "Hello" })).body.data).toMatchObject({
      text: "[fr] Hello",
      to: "fr",
      source: "simulated",
    });
    expect((await translate({ messageId })).body.data).toMatchObject({ text: `[fr] ${QUESTION}` });
    expect((await desk.as({ role: "MANAGER" }).get("/ai/calls")).body.data).toMatchObject([
      { task: "translate", messageId, conversationId: conversation.id, ticketId: ticket.id },
      { task: "translate", messageId: null },
    ]);
  });

  test("is refused without a model, without budget, and while the model does not answer", async () => {
    expect(told(await translate({ text: "Hello" }))).toEqual([
      409,
      "conflict",
      expect.stringContaining("no language model"),
    ]);
    await configure({ monthlyBudgetMicros: 1n, outputPriceMicros: 1_000_000n });
    expect(told(await translate({ text: "Hello" }))).toEqual([409, "conflict", expect.stringContaining("budget")]);
    await desk.admin.patch("/ai/settings", { monthlyBudget: null });
    simulator.models.setFaults({ status500: 1 });
    expect(told(await translate({ text: "Hello" }))).toEqual([
      503,
      "unavailable",
      expect.stringContaining("try again"),
    ]);
  });

  test.each([{}, { text: "a", messageId: newId() }, { text: "a", to: "french" }, { text: "x".repeat(8_001) }])(
    "is not made of body %#",
    async (body) => {
      expect((await translate(body)).status).toBe(400);
    },
  );

  test("is of no other company's message", async () => {
    const theirs = await openDesk(api);
    expect((await theirs.client.post("/ai/translate", { messageId, to: "fr" })).status).toBe(404);
  });
});

/** Of a call with a key of these scopes. */
async function statusOf(path: string, scopes: Action[], body?: object): Promise<number> {
  const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes });
  return (
    await ask(api, key, {
      method: path.endsWith("understanding") ? "GET" : "POST",
      path,
      ...(body && { payload: body }),
    })
  ).status;
}

test("a key needs the scopes for what it is told of", async () => {
  await know();
  await configure();
  const paths: [string, Action[], object?][] = [
    [`/ai/conversations/${conversation.id}/suggest`, ["conversations.read", "messages.read"]],
    [`/ai/tickets/${ticket.id}/summary`, ["tickets.read", "messages.read"]],
    [`/ai/messages/${messageId}/understanding`, ["messages.read"]],
    ["/ai/translate", ["messages.read"], { messageId, to: "fr" }],
  ];
  for (const [path, scopes, body] of paths) {
    expect([path, await statusOf(path, ["ai.use"], body)]).toEqual([path, 403]);
    expect([path, await statusOf(path, ["ai.use", ...scopes], body)]).toEqual([
      path,
      expect.toSatisfy((s: number) => s < 300),
    ]);
  }
});
