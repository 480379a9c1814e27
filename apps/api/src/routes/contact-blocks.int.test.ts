import { newId } from "@parley/runtime";
import { buildContact, buildConversation, buildTicket, type BuiltContact } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let contact: BuiltContact;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  contact = await buildContact(api.context, { tenantId: desk.tenant.id });
  path = `/contacts/${contact.id}/block`;
});

const events = () =>
  api.context.database.withSystem((tx) =>
    tx.event.findMany({ where: { contactId: contact.id }, orderBy: { seq: "asc" } }),
  );

test("an agent blocks a contact and takes it back, each once", async () => {
  const blockedAt = api.context.clock.now().toISOString();
  expect(await desk.client.put(path)).toMatchObject({ status: 200, body: { data: { id: contact.id, blockedAt } } });
  api.context.clock.advance(1_000);
  expect((await desk.client.put(path)).body.data.blockedAt).toBe(blockedAt);
  expect((await desk.client.get(`/contacts/${contact.id}`)).body.data.blockedAt).toBe(blockedAt);
  expect((await desk.client.delete(path)).body.data.blockedAt).toBeNull();
  expect((await desk.client.delete(path)).body.data.blockedAt).toBeNull();
  const byAgent = { actorType: "AGENT", actorId: desk.agent.id };
  expect(await events()).toMatchObject([
    { type: "CONTACT_BLOCKED", ...byAgent },
    { type: "CONTACT_UNBLOCKED", ...byAgent },
  ]);
});

test("two who block at once are one", async () => {
  const answers = await Promise.all([desk.client.put(path), desk.client.put(path), desk.client.put(path)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await events()).toHaveLength(1);
});

test("what a blocked contact wrote is not unread, and is again once the block is taken back", async () => {
  const { id: contactId, tenantId } = contact;
  const conversation = await buildConversation(api.context, { tenantId, contactId });
  await buildTicket(api.context, conversation);
  const found = async (): Promise<unknown[]> => {
    const [conversations, tickets, shown] = [
      await desk.client.get("/conversations?unread=true"),
      await desk.client.get("/tickets?unread=true"),
      await desk.client.get(`/conversations/${conversation.id}`),
    ];
    const { isUnread, contact: person } = shown.body.data;
    return [conversations.body.data.length, tickets.body.data.length, isUnread, person.isBlocked];
  };
  expect(await found()).toEqual([1, 1, true, false]);
  await desk.client.put(path);
  expect(await found()).toEqual([0, 0, false, true]);
  await desk.client.delete(path);
  expect(await found()).toEqual([1, 1, true, false]);
});

test("another company's contact, and nobody's, is not found", async () => {
  const stranger = (await openDesk(api)).client;
  for (const answer of [
    await stranger.put(path),
    await stranger.delete(path),
    await desk.client.put(`/contacts/${newId()}/block`),
  ]) {
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
  expect(await events()).toEqual([]);
});
