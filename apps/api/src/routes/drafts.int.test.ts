import { newId } from "@parley/runtime";
import { buildConversation, buildMessage, buildUser, type BuiltConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, signedIn, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  path = `/conversations/${conversation.id}/draft`;
});

async function hireColleague(): Promise<Client> {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id });
  return desk.as({ userId });
}

test("a draft is kept, and the next takes its place", async () => {
  const question = await buildMessage(api.context, conversation);
  const saved = await desk.client.put(path, { body: "It is on", isInternal: true, replyToMessageId: question.id });
  const draft = {
    conversationId: conversation.id,
    body: "It is on",
    isInternal: true,
    replyToMessageId: question.id,
    updatedAt: api.context.clock.now().toISOString(),
  };
  expect([saved.status, saved.body.data]).toEqual([200, draft]);
  expect((await desk.client.get(path)).body.data).toEqual(draft);
  await desk.client.put(path, { body: "It is on its way" });
  expect((await desk.client.get(path)).body.data).toMatchObject({
    body: "It is on its way",
    isInternal: false,
    replyToMessageId: null,
  });
});

test("each agent has a draft of their own, and sees no other", async () => {
  const colleague = await hireColleague();
  await desk.client.put(path, { body: "Mine" });
  expect((await colleague.get(path)).status).toBe(404);
  await colleague.put(path, { body: "Theirs" });
  await colleague.delete(path);
  expect((await desk.client.get(path)).body.data.body).toBe("Mine");
  expect((await desk.as({ role: "OWNER" }).get(path)).status).toBe(404);
});

test("a draft that is thrown away is gone, and one that is not there stays away", async () => {
  await desk.client.put(path, { body: "Hello" });
  expect((await desk.client.delete(path)).status).toBe(204);
  expect((await desk.client.get(path)).status).toBe(404);
  expect((await desk.client.delete(path)).status).toBe(204);
});

test("twenty that are saved at once are one draft", async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_empty, index) => desk.client.put(path, { body: `Draft ${index}` })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(
    await api.context.database.withSystem((tx) => tx.draft.count({ where: { conversationId: conversation.id } })),
  ).toBe(1);
});

const send = (client: Client, more: object): Promise<unknown> =>
  client.post(`/conversations/${conversation.id}/messages`, { type: "text", text: "Hello", ...more });
const bodies = async (): Promise<string[]> => {
  const drafts = await api.context.database.withSystem((tx) => tx.draft.findMany({ orderBy: { body: "asc" } }));
  return drafts.filter(({ tenantId }) => tenantId === desk.tenant.id).map(({ body }) => body);
};

describe("sending", () => {
  test("from a draft deletes it, and nobody else's, nor one of another conversation", async () => {
    const colleague = await hireColleague();
    const elsewhere = await buildConversation(api.context, { tenantId: desk.tenant.id });
    await desk.client.put(path, { body: "Mine" });
    await desk.client.put(`/conversations/${elsewhere.id}/draft`, { body: "Mine elsewhere" });
    await colleague.put(path, { body: "Theirs" });
    await send(desk.client, { fromDraft: true });
    expect(await bodies()).toEqual(["Mine elsewhere", "Theirs"]);
  });

  test("without it leaves the draft, and so does what is refused", async () => {
    await desk.client.put(path, { body: "Mine" });
    await send(desk.client, {});
    expect(await bodies()).toEqual(["Mine"]);
    const refused = await send(desk.client, { fromDraft: true, thenStatus: "resolved" });
    expect([refused, await bodies()]).toMatchObject([{ status: 400 }, ["Mine"]]);
  });
});

test("a draft is refused that could not be sent", async () => {
  const elsewhere = await buildMessage(api.context, await buildConversation(api.context, { tenantId: desk.tenant.id }));
  for (const [payload, at] of [
    [{ body: "x".repeat(4_097) }, "body"],
    [{ body: " " }, "body"],
    [{ body: "Hello", replyToMessageId: elsewhere.id }, "replyToMessageId"],
    [{ body: "Hello", userId: newId() }, "userId"],
  ] as const) {
    expect(await desk.client.put(path, payload)).toMatchObject({ status: 400, body: { errors: [{ path: at }] } });
  }
  expect((await desk.client.get(path)).status).toBe(404);
});

test("conversations of others are not known, and who is no member has no drafts", async () => {
  await desk.client.put(path, { body: "Mine" });
  const stranger = (await openDesk(api)).client;
  expect((await stranger.get(path)).status).toBe(404);
  expect((await stranger.put(path, { body: "Hello" })).status).toBe(404);
  expect((await stranger.delete(path)).status).toBe(404);
  const visitor = signedIn(api, { tenantId: null, isSuperAdmin: true });
  const { authorization } = await api.bearer({ tenantId: null, isSuperAdmin: true });
  const saved = await api.app.inject({
    method: "PUT",
    url: `/api/v1${path}`,
    headers: { authorization, "x-tenant-id": desk.tenant.id },
    payload: { body: "Hello" },
  });
  expect([saved.statusCode, (await visitor.get(path)).status]).toEqual([403, 403]);
});
