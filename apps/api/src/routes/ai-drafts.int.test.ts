import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, buildTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversationId: string;
let draftId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const tenantId = desk.tenant.id;
  const conversation = await buildConversation(api.context, { tenantId });
  conversationId = conversation.id;
  const { id: ticketId } = await buildTicket(api.context, conversation, { createdAt: api.context.clock.now() });
  const { id: messageId } = await buildMessage(api.context, conversation, { ticketId });
  draftId = newId();
  await api.context.database.withSystem((tx) =>
    tx.aiResponseDraft.create({
      data: {
        tenantId,
        id: draftId,
        conversationId,
        ticketId,
        messageId,
        text: "It is on its way.",
        confidence: 0.825,
        actions: [{ type: "set_status", status: "waiting_customer" }],
      },
    }),
  );
});

const messages = async (): Promise<{ content: { text: string }; senderId: string }[]> =>
  (await desk.client.get(`/messages?conversationId=${conversationId}&direction=outbound`)).body.data;

describe("suggestions", () => {
  test("are found by those who are to decide them", async () => {
    const { body } = await desk.client.get("/ai/drafts?state=pending");
    expect(body.data).toMatchObject([{ id: draftId, state: "pending", confidence: 0.825, decidedAt: null }]);
    expect((await desk.client.get(`/ai/drafts/${draftId}`)).body.data).toEqual(body.data[0]);
    expect((await desk.client.get("/ai/drafts?state=rejected")).body.data).toEqual([]);
  });

  test("are sent in the name of whoever accepts them, once, with what else they propose", async () => {
    const answers = await Promise.all([
      desk.client.post(`/ai/drafts/${draftId}/accept`, {}),
      desk.client.post(`/ai/drafts/${draftId}/accept`, {}),
    ]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
    const accepted = answers.find(({ status }) => status === 200);
    expect(accepted?.body.data).toMatchObject({ state: "accepted", decidedBy: desk.agent.id });
    expect(await messages()).toMatchObject([{ content: { text: "It is on its way." }, senderId: desk.agent.id }]);
    const ticket = await desk.client.get(`/tickets/${accepted?.body.data.ticketId}`);
    expect(ticket.body.data).toMatchObject({ status: "waiting_customer" });
  });

  test("may be changed before, and are refused with a text that is none", async () => {
    for (const text of ["", " ", "x".repeat(4_097)]) {
      expect((await desk.client.post(`/ai/drafts/${draftId}/accept`, { text })).status).toBe(400);
    }
    const { body } = await desk.client.post(`/ai/drafts/${draftId}/accept`, { text: "Soon." });
    expect(body.data).toMatchObject({ state: "edited", text: "It is on its way.", finalText: "Soon." });
    expect(await messages()).toMatchObject([{ content: { text: "Soon." } }]);
  });

  test("may be rejected, and then not be accepted", async () => {
    const { body } = await desk.client.post(`/ai/drafts/${draftId}/reject`, { reason: "Wrong order." });
    expect(body.data).toMatchObject({ state: "rejected", reason: "Wrong order." });
    const late = await desk.client.post(`/ai/drafts/${draftId}/accept`, {});
    expect([late.status, late.body.code]).toEqual([409, "conflict"]);
    expect(await messages()).toEqual([]);
  });

  test("are another company's for nobody", async () => {
    const other = await openDesk(api);
    const answers = await Promise.all([
      other.client.get(`/ai/drafts/${draftId}`),
      other.client.post(`/ai/drafts/${draftId}/accept`, {}),
      other.client.post(`/ai/drafts/${draftId}/reject`, {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await other.client.get("/ai/drafts")).body.data).toEqual([]);
  });
});

const turn = async () => (await desk.client.get(`/ai/conversations/${conversationId}/turn`)).body.data;

describe("a conversation", () => {
  test("is held by whoever wants to answer themselves, and released", async () => {
    expect(await turn()).toMatchObject({ obstacle: null, held: null });
    const held = await desk.client.post(`/ai/conversations/${conversationId}/hold`);
    expect(held.body.data).toMatchObject({ obstacle: "held", held: { by: desk.agent.id } });
    expect(await turn()).toEqual(held.body.data);
    const released = await desk.client.post(`/ai/conversations/${conversationId}/release`);
    expect(released.body.data).toMatchObject({ obstacle: null, held: null });
    expect(released.body.data.releasedAt).not.toBeNull();
    expect(await turn()).toEqual(released.body.data);
  });

  test("is another company's for nobody", async () => {
    const other = await openDesk(api);
    const path = `/ai/conversations/${conversationId}`;
    const answers = await Promise.all([
      other.client.get(`${path}/turn`),
      other.client.post(`${path}/hold`),
      other.client.post(`${path}/release`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});
