import { buildContact, buildInbox, type BuiltInbox } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let inbox: BuiltInbox;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(async () => {
  inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
});

const to = "+4915112345678";

const choose = async (defaultInboxId: string | null): Promise<void> => {
  const { status } = await desk.as({ role: "ADMIN" }).patch("/settings", { defaultInboxId });
  expect(status).toBe(200);
};

describe.each<[string, (fields?: object, headers?: Record<string, string>) => Promise<Answer>]>([
  [
    "POST /messages",
    (fields, headers) => desk.client.post("/messages", { to, type: "text", text: "Hello", ...fields }, headers),
  ],
  ["POST /conversations", (fields, headers) => desk.client.post("/conversations", { to, ...fields }, headers)],
])("%s without an inbox", (_route, ask) => {
  test("takes the default inbox of the settings", async () => {
    await buildInbox(api.context, { tenantId: desk.tenant.id });
    await choose(inbox.id);
    expect(await ask()).toMatchObject({ status: 201, body: { data: { inboxId: inbox.id } } });
  });

  test("asks for one where the settings name none", async () => {
    expect(await ask()).toMatchObject({
      status: 400,
      body: {
        code: "validation_failed",
        detail: expect.stringContaining("name one, or set defaultInboxId in the settings"),
        errors: [{ path: "inboxId" }],
      },
    });
    expect((await desk.client.get("/contacts")).body.data).toEqual([]);
  });

  test("never takes another company's", async () => {
    const other = await openDesk(api);
    const theirs = await buildInbox(api.context, { tenantId: other.tenant.id });
    await other.as({ role: "ADMIN" }).patch("/settings", { defaultInboxId: theirs.id });
    expect((await ask()).status).toBe(400);
  });

  test("repeats its first answer under an Idempotency-Key, whatever the default has become", async () => {
    const key = { "idempotency-key": "default-1" };
    await choose(inbox.id);
    const first = await ask({}, key);
    await choose((await buildInbox(api.context, { tenantId: desk.tenant.id })).id);
    expect((await ask({}, key)).body).toEqual(first.body);
    expect((await ask()).body.data.inboxId).not.toBe(inbox.id);
  });

  test("is not what null says, and an inbox that is named comes first", async () => {
    await choose(inbox.id);
    const named = await buildInbox(api.context, { tenantId: desk.tenant.id });
    expect((await ask({ inboxId: null })).status).toBe(400);
    expect(await ask({ inboxId: named.id })).toMatchObject({ status: 201, body: { data: { inboxId: named.id } } });
  });
});

test("a conversation with a contact is found in the default inbox", async () => {
  await choose(inbox.id);
  const contact = await buildContact(api.context, { tenantId: desk.tenant.id });
  const opened = await desk.client.post("/conversations", { contactId: contact.id, inboxId: inbox.id });
  const found = await desk.client.post("/conversations", { contactId: contact.id });
  expect([opened.status, found.status]).toEqual([201, 200]);
  expect(found.body.data.id).toBe(opened.body.data.id);
});

const updatedAt = async (): Promise<string> => (await desk.client.get("/settings")).body.data.updatedAt;

describe("when the settings were changed", () => {
  test("is not moved by other changes of the company", async () => {
    await choose(inbox.id);
    const before = await updatedAt();
    expect(before).toBe(api.context.clock.now().toISOString());
    api.context.clock.advance(60_000);
    const renamed = await desk.as({ role: "OWNER" }).patch("/tenants/current", { name: "Another name" });
    expect(renamed.status).toBe(200);
    expect(await updatedAt()).toBe(before);
  });

  test("stays as it is where nothing changes", async () => {
    await choose(inbox.id);
    const before = await updatedAt();
    api.context.clock.advance(60_000);
    await choose(inbox.id);
    expect(await updatedAt()).toBe(before);
    await choose(null);
    expect(await updatedAt()).toBe(api.context.clock.now().toISOString());
  });
});
