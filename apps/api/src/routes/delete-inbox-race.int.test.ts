import { buildContact, buildInbox, waitUntil, type BuiltInbox } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Answer, type Desk } from "./desk.fixture.ts";
import { countWaiting } from "./users.fixture.ts";

let api: TestApi;
let desk: Desk;
let inbox: BuiltInbox;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(async () => {
  inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
});

type Work = Parameters<TestApi["context"]["database"]["withSystem"]>[0];

/** The answer to a request that meets a transaction which has done `work`, and commits once the request waits for it. */
async function meeting(work: Work, request: () => Promise<Answer>): Promise<Answer> {
  const { answer } = await api.context.database.withSystem(async (tx) => {
    await work(tx);
    // In an object, or the transaction would wait for the answer that waits for it.
    const pending = { answer: request() };
    await waitUntil(async () => (await countWaiting(api)) === 1, "the request waits");
    return pending;
  });
  return answer;
}

const to = "+4915112345678";

describe.each<[string, () => Promise<Answer>]>([
  ["a conversation that is opened", () => desk.client.post("/conversations", { inboxId: inbox.id, to })],
  ["a message", () => desk.client.post("/messages", { inboxId: inbox.id, to, type: "text", text: "Hello" })],
])("%s", (_what, request) => {
  test("in an inbox that is being deleted finds none", async () => {
    const answer = await meeting(async (tx) => {
      await tx.inbox.delete({ where: { tenantId_id: { tenantId: inbox.tenantId, id: inbox.id } } });
    }, request);
    expect(answer).toMatchObject({
      status: 404,
      body: { code: "not_found", detail: expect.stringContaining("inbox") },
    });
    expect((await desk.client.get("/contacts")).body.data).toEqual([]);
  });

  test("and the deletion of its inbox: one of them is refused, and says why", async () => {
    const { id } = inbox;
    const [deleted, opened] = await Promise.all([desk.admin.delete(`/inboxes/${id}`), request()]);
    expect([
      [204, 404],
      [409, 201],
    ]).toContainEqual([deleted.status, opened.status]);
  });
});

test("an inbox in which a conversation is being opened is not deleted", async () => {
  const { tenantId, id: inboxId } = inbox;
  const { id: contactId } = await buildContact(api.context, { tenantId });
  const conversation = { tenantId, id: crypto.randomUUID(), inboxId, contactId, lastMessageAt: new Date() };
  const answer = await meeting(
    async (tx) => {
      await tx.conversation.create({ data: conversation });
    },
    () => desk.admin.delete(`/inboxes/${inboxId}`),
  );
  expect(answer).toMatchObject({ status: 409, body: { code: "conflict", detail: expect.stringContaining("paused") } });
});
