import { outboundQueue } from "@parley/core/outbound-queue";
import { buildContact, buildConversation, buildInbox } from "@parley/testing";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

function eventsOf(tenantId: string): Promise<{ type: string }[]> {
  return api.context.database.withSystem((tx) => tx.event.findMany({ where: { tenantId }, orderBy: { seq: "asc" } }));
}

/** How often each value occurs, in the order of their first occurrence. */
function countEach<Value>(values: readonly Value[]): [Value, number][] {
  return [...Map.groupBy(values, (value) => value)].map(([value, list]) => [value, list.length]);
}

async function typesIn(tenantId: string): Promise<[string, number][]> {
  return countEach((await eventsOf(tenantId)).map((event) => event.type));
}

describe("POST /conversations", () => {
  const to = "+4915112345678";
  let inboxId: string;

  beforeEach(async () => {
    inboxId = (await buildInbox(api.context, { tenantId: desk.tenant.id })).id;
  });

  const open = (whom: object, headers?: Record<string, string>): Promise<Answer> =>
    desk.client.post("/conversations", { inboxId, ...whom }, headers);

  test("opens the conversation of an inbox with a contact, and sends nothing", async () => {
    const contact = await buildContact(api.context, { tenantId: desk.tenant.id });
    const answer = await open({ contactId: contact.id });
    const now = api.context.clock.now().toISOString();
    expect(answer.status).toBe(201);
    expect(answer.body.data).toEqual({
      id: expect.any(String),
      inboxId,
      channel: "whatsapp",
      contact: {
        id: contact.id,
        name: contact.name,
        isBlocked: false,
        identifiers: [{ type: "whatsapp", value: contact.identifiers[0]?.value, isPrimary: true }],
      },
      status: "open",
      assigneeId: null,
      teamId: null,
      tags: [],
      isMuted: false,
      window: null,
      unreadCount: 0,
      isUnread: false,
      lastMessage: null,
      lastMessageAt: now,
      createdAt: now,
      version: 1,
    });
    const { id } = answer.body.data;
    expect((await desk.client.get(`/conversations/${id}`)).body).toEqual(answer.body);
    expect((await desk.client.get(`/conversations/${id}/messages`)).body.data).toEqual([]);
    expect(await api.context.jobsOn(outboundQueue)).toEqual([]);
    expect(await eventsOf(desk.tenant.id)).toMatchObject([
      {
        type: "CONVERSATION_OPENED",
        actorType: "AGENT",
        actorId: desk.agent.id,
        contactId: contact.id,
        conversationId: id,
        messageId: null,
      },
    ]);
  });

  test("makes a contact of an address that nobody has", async () => {
    const answer = await open({ to: "+49 151 1234-5678" });
    expect(answer).toMatchObject({
      status: 201,
      body: { data: { contact: { name: null, identifiers: [{ type: "whatsapp", value: to, isPrimary: true }] } } },
    });
    const { id: conversationId, contact } = answer.body.data;
    const actor = { actorType: "AGENT", actorId: desk.agent.id, contactId: contact.id };
    expect(await eventsOf(desk.tenant.id)).toMatchObject([
      { type: "CONTACT_CREATED", ...actor },
      { type: "CONVERSATION_OPENED", ...actor, conversationId },
    ]);
  });

  test("finds the contact who has the address, of this company only", async () => {
    const other = await openDesk(api);
    const identifiers = [{ type: "WHATSAPP_BSUID" as const, value: "DE.13491208655302741918" }];
    await buildContact(api.context, { tenantId: other.tenant.id, identifiers });
    const contact = await buildContact(api.context, { tenantId: desk.tenant.id, identifiers });
    const answer = await open({ to: "DE.13491208655302741918" });
    expect(answer).toMatchObject({ status: 201, body: { data: { contact: { id: contact.id } } } });
    const untouched = await other.client.get("/conversations");
    expect(untouched.body.data).toEqual([]);
  });

  test("answers 200 with the one that exists, as it was", async () => {
    const existing = await buildConversation(api.context, {
      tenantId: desk.tenant.id,
      inboxId,
      status: "RESOLVED",
      tags: ["kept"],
      unreadCount: 2,
    });
    const before = await desk.client.get(`/conversations/${existing.id}`);
    const [identifier] = before.body.data.contact.identifiers;
    for (const whom of [{ contactId: existing.contactId }, { to: identifier.value }]) {
      const answer = await open(whom);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(before.body);
    }
    expect(await eventsOf(desk.tenant.id)).toEqual([]);
  });

  test("is one conversation of twenty concurrent requests with an address, and one contact", async () => {
    const spellings = [to, "4915112345678", "+49 151 1234-5678"];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_empty, index) => open({ to: spellings[index % spellings.length] })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Map(countEach(statuses))).toEqual(
      new Map([
        [201, 1],
        [200, 19],
      ]),
    );
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
    expect((await desk.client.get("/contacts")).body.data).toHaveLength(1);
    expect(await typesIn(desk.tenant.id)).toEqual([
      ["CONTACT_CREATED", 1],
      ["CONVERSATION_OPENED", 1],
    ]);
  });

  test("is one conversation under concurrent requests, whichever way they name it", async () => {
    const contact = await buildContact(api.context, { tenantId: desk.tenant.id });
    const address = contact.identifiers[0]?.value;
    const message = { inboxId, to: address, type: "text", text: "Hello" };
    const idsOf = async (): Promise<string[]> => {
      const [opened, addressed, sent] = await Promise.all([
        open({ contactId: contact.id }),
        open({ to: address }),
        desk.client.post("/messages", message),
      ]);
      return [opened.body.data.id, addressed.body.data.id, sent.body.data.conversationId];
    };
    const ids = (await Promise.all(Array.from({ length: 7 }, idsOf))).flat();
    expect(countEach(ids)).toEqual([[expect.any(String), 21]]);
    expect(await typesIn(desk.tenant.id)).toContainEqual(["CONVERSATION_OPENED", 1]);
    expect((await desk.client.get("/contacts")).body.data).toHaveLength(1);
  });

  test("repeats the first answer under its Idempotency-Key, the status too", async () => {
    const key = { "idempotency-key": "open-1" };
    const first = await open({ to }, key);
    await desk.client.patch(`/conversations/${first.body.data.id}`, { tags: ["later"] });
    const second = await open({ to }, key);
    expect(second).toMatchObject({ status: 201, headers: { "idempotency-replayed": "true" } });
    expect(second.body).toEqual(first.body);
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    const other = await open({ to: "+4915112345679" }, key);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_mismatch" } });
  });

  test("has one first answer for twenty concurrent twins under one key", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => open({ to }, { "idempotency-key": "open-2" })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers["idempotency-replayed"] === "true")).toHaveLength(19);
  });

  test("refuses a contact whom the channel cannot reach, and nothing is left behind", async () => {
    const contact = await buildContact(api.context, {
      tenantId: desk.tenant.id,
      identifiers: [
        { type: "EMAIL", value: "customer@example.com" },
        { type: "PHONE", value: "+15550783881" },
      ],
    });
    expect(await open({ contactId: contact.id })).toMatchObject({
      status: 400,
      body: {
        code: "validation_failed",
        detail: expect.stringContaining("add one to the contact"),
        errors: [{ path: "contactId", message: expect.stringContaining("without an identifier on whatsapp") }],
      },
    });
    expect((await desk.client.get("/conversations")).body.data).toEqual([]);
    expect(await eventsOf(desk.tenant.id)).toEqual([]);
  });

  test("refuses an inbox whose channel cannot send to addresses", async () => {
    const contact = await buildContact(api.context, { tenantId: desk.tenant.id });
    const email = await buildInbox(api.context, { tenantId: desk.tenant.id, channel: "EMAIL" });
    for (const whom of [{ contactId: contact.id }, { to: "customer@example.com" }]) {
      const answer = await open({ inboxId: email.id, ...whom });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "inboxId" }] } });
    }
  });

  test.each<[string, object, string]>([
    ["neither contact nor address", {}, ""],
    ["both contact and address", { contactId: newId(), to }, ""],
    ["what is no address", { to: "somebody" }, "to"],
    ["an empty address", { to: " " }, "to"],
    ["NUL in the address", { to: "+49151\u000012345678" }, "to"],
    ["what is no id", { contactId: "somebody" }, "contactId"],
    ["an inbox that is no id", { inboxId: "whatsapp", to }, "inboxId"],
    ["an unknown field", { to, tenantId: newId() }, "tenantId"],
  ])("refuses %s", async (_name, whom, path) => {
    expect(await open(whom)).toMatchObject({
      status: 400,
      body: { code: "validation_failed", errors: [{ path }] },
    });
  });

  test.each([
    ["inbox", { inboxId: newId(), to }],
    ["contact", { contactId: newId() }],
  ])("answers 404 for nobody's %s, and the key can be used again", async (_name, whom) => {
    const key = { "idempotency-key": "open-3" };
    expect(await open(whom, key)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect((await open({ to }, key)).status).toBe(201);
  });

  test("is documented with both answers", async () => {
    const { paths } = (await api.app.inject("/docs/json")).json();
    const { operationId, responses, requestBody } = paths["/api/v1/conversations"].post;
    expect(operationId).toBe("openConversation");
    expect(responses).toMatchObject({
      200: { description: expect.stringContaining("existed already") },
      201: { description: expect.stringContaining("new") },
    });
    expect(requestBody.content["application/json"].schema).toEqual({
      $ref: "#/components/schemas/OpenConversationInput",
    });
  });
});
