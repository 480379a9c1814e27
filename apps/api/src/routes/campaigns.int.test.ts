import { buildConversation, buildInbox, unusedPhone, type BuiltConversation } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
});

const hello = (campaign?: string): object => ({
  type: "text",
  text: "Hello",
  ...(campaign !== undefined && { campaign }),
});
const send = (campaign?: string, more: object = {}): Promise<Answer> =>
  desk.client.post(`/conversations/${conversation.id}/messages`, { ...hello(campaign), ...more });
const toAddress = async (campaign?: string): Promise<Answer> => {
  const { id: inboxId } = await buildInbox(api.context, { tenantId: desk.tenant.id });
  return desk.client.post("/messages", { inboxId, to: unusedPhone(), ...hello(campaign) });
};
const rowOf = (id: string) => api.context.database.withSystem((tx) => tx.message.findFirstOrThrow({ where: { id } }));
const idsOf = async (client: Client, query: string): Promise<string[]> =>
  (await client.get(`/messages?${query}`)).body.data.map(({ id }: { id: string }) => id);

describe.each([
  ["POST /conversations/:id/messages", send],
  ["POST /messages", toAddress],
])("%s", (_name, write) => {
  test("takes a message that is part of a campaign, and shows of which", async () => {
    const answer = await write("  Spring sale 🌷 ");
    expect(answer).toMatchObject({ status: 201, body: { data: { campaign: "Spring sale 🌷" } } });
    const shown = await desk.client.get(`/messages/${answer.body.data.id}`);
    expect(shown.body.data.campaign).toBe("Spring sale 🌷");
  });

  test("takes one that is part of none", async () => {
    const { body } = await write();
    expect(body.data.campaign).toBeNull();
    expect((await rowOf(body.data.id)).campaignRecipientId).toBeNull();
  });

  test.each([
    ["blank", "   "],
    ["of nothing that can be seen", "\u200B\u2060"],
    ["too long", "x".repeat(101)],
    ["of two lines", "Spring\nsale"],
  ])("refuses a campaign that is %s", async (_what, campaign) => {
    expect(await write(campaign)).toMatchObject({
      status: 400,
      body: { code: "validation_failed", errors: [{ path: "campaign" }] },
    });
  });
});

test("a note is part of no campaign", async () => {
  expect(await send("Spring", { isInternal: true })).toMatchObject({
    status: 400,
    body: { errors: [{ path: "campaign", message: expect.stringContaining("is not for notes") }] },
  });
});

test("the answer to a ticket takes no campaign", async () => {
  const answer = await desk.client.post("/tickets/019c1234-5678-7436-836f-a83bc726e1c1/messages", {
    body: "Hello",
    campaign: "Spring",
  });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "campaign" }] } });
});

test("a contact is one recipient of a campaign, however its accents are typed, and another one of another", async () => {
  const sent = [await send("Été"), await send("E\u0301te\u0301"), await send("Hiver")];
  const rows = await Promise.all(sent.map(({ body }) => rowOf(body.data.id)));
  const [first, same, other] = rows.map(({ campaignRecipientId }) => campaignRecipientId);
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(same).toBe(first);
  expect(other).not.toBe(first);
});

test("a message that is sent later, or again, keeps its campaign and its recipient", async () => {
  const sendAt = new Date(api.context.clock.now().getTime() + 3_600_000).toISOString();
  expect((await send("Spring", { sendAt })).body.data).toMatchObject({ status: "scheduled", campaign: "Spring" });
  const { id } = (await send("Spring")).body.data;
  const before = await rowOf(id);
  await api.context.database.withSystem((tx) =>
    tx.message.updateMany({ where: { id }, data: { status: "FAILED", attempts: 1 } }),
  );
  const again = await desk.client.post(`/messages/${id}/retry`);
  expect(again.body.data).toMatchObject({ id, status: "queued", campaign: "Spring" });
  expect((await rowOf(id)).campaignRecipientId).toBe(before.campaignRecipientId);
});

describe("GET /messages?campaign=", () => {
  test("lists its messages and no others, the newest first, page by page", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await send("Spring")).body.data.id);
    await send("spring");
    await send("Spring 2");
    await send();
    expect(await idsOf(desk.client, "campaign=Spring")).toEqual(ids);
    const paged = await readAll(desk.client, "/messages?campaign=Spring&limit=2");
    expect(paged.map(({ id }) => id)).toEqual(ids);
    expect(await idsOf(desk.client, "campaign=Spring&direction=inbound")).toEqual([]);
    expect((await desk.client.get("/messages?campaign=%20")).status).toBe(400);
  });

  test("goes with a search", async () => {
    const { id } = (await send("Spring")).body.data;
    await send("Autumn");
    expect(await idsOf(desk.client, "campaign=Spring&search=hello")).toEqual([id]);
  });

  test("shows nothing of another company's campaign of the same name", async () => {
    await send("Spring");
    expect(await idsOf((await openDesk(api)).client, "campaign=Spring")).toEqual([]);
  });
});
