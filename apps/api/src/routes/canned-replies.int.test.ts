import type { ParleyClient } from "@parley/client";
import type { Action } from "@parley/core/context";
import { newId } from "@parley/runtime";
import { buildContact, buildConversation, buildTicket, buildUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let rawManager: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.typed({ userId });
  rawManager = desk.as({ userId });
});

const write = async (shortcut: string, body = "Hello", title = "A reply"): Promise<string> =>
  (await manager.post("/canned-replies", { body: { shortcut, title, body } })).data.id;

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

async function seedTicket() {
  const tenantId = desk.tenant.id;
  const contact = await buildContact(api.context, {
    tenantId,
    name: "Ada {{ tenant.name }}",
    identifiers: [{ type: "WHATSAPP", value: "+15550001111", isPrimary: true }],
  });
  const conversation = await buildConversation(api.context, { tenantId, contactId: contact.id });
  const ticket = await buildTicket(api.context, conversation, { subject: "{% raw %}", status: "PENDING" });
  return { conversation, ticket };
}

describe("canned replies", () => {
  test("are written, changed and deleted, and it is written down", async () => {
    const { clock } = api.context;
    const given = { shortcut: " Looking ", title: "We look", body: "Hello {{ contact.name }}" };
    const { data: written } = await manager.post("/canned-replies", { body: given });
    const at = clock.now().toISOString();
    const reply = { id: written.id, ...given, shortcut: "looking", createdAt: at, updatedAt: at };
    expect(written).toEqual(reply);
    const path = { id: written.id };
    expect((await desk.typed().get("/canned-replies/{id}", { path })).data).toEqual(reply);

    clock.advance(1_000);
    const { data: changed } = await manager.patch("/canned-replies/{id}", { path, body: { body: "Hi" } });
    expect(changed).toEqual({ ...reply, body: "Hi", updatedAt: clock.now().toISOString() });

    await manager.delete("/canned-replies/{id}", { path });
    await expect(manager.get("/canned-replies/{id}", { path })).rejects.toMatchObject({ status: 404 });
    expect(await auditOf(written.id)).toMatchObject([
      { action: "canned_reply.created", before: null, after: { shortcut: "looking" } },
      { action: "canned_reply.changed", before: { body: given.body }, after: { body: "Hi" } },
      { action: "canned_reply.deleted", before: { body: "Hi" }, after: null },
    ]);
  });

  test("are listed newest first, and found by how shortcut or title begins", async () => {
    const ids = [await write("greet"), await write("bye", "x", "Greetings"), await write("re-greet", "x", "100% sure")];
    const agent = desk.typed();
    const listed: string[] = [];
    for await (const { id } of agent.all("/canned-replies", { query: { limit: 2 } })) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
    const find = async (search: string) =>
      (await agent.get("/canned-replies", { query: { search } })).data.map(({ id }) => id);
    expect(await find("GREET")).toEqual([ids[1], ids[0]]);
    expect(await find("100%")).toEqual([ids[2]]);
    expect(await find("%")).toEqual([]);
  });

  test("have a shortcut of their own in the company, however it is written", async () => {
    const theirs = await openDesk(api);
    await theirs.typed({ role: "MANAGER" }).post("/canned-replies", {
      body: { shortcut: "greet", title: "Theirs", body: "x" },
    });
    await write("greet");
    const id = await write("bye");
    const taken = { status: 409, code: "conflict", detail: expect.stringContaining("shortcut") };
    await expect(write("GREET")).rejects.toMatchObject(taken);
    const change = manager.patch("/canned-replies/{id}", { path: { id }, body: { shortcut: "greet" } });
    await expect(change).rejects.toMatchObject(taken);
  });

  test("are the managers' to change", async () => {
    const path = { id: await write("greet") };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.post("/canned-replies", { body: { shortcut: "mine", title: "Mine", body: "x" } }),
      agent.patch("/canned-replies/{id}", { path, body: { title: "Mine" } }),
      agent.delete("/canned-replies/{id}", { path }),
    ]);
    expect(statuses).toEqual([403, 403, 403]);
  });

  test("are written once under an Idempotency-Key", async () => {
    const body = { shortcut: "greet", title: "Greeting", body: "x" };
    const input = { body, params: { header: { "Idempotency-Key": "reply-1" } } };
    const first = await manager.raw.POST("/canned-replies", input);
    const second = await manager.raw.POST("/canned-replies", input);
    expect([second.response.status, second.data]).toEqual([201, first.data]);
  });

  test.each([
    {},
    { shortcut: "two words", title: "T", body: "x" },
    { shortcut: "-x", title: "T", body: "x" },
    { shortcut: "x", title: "T", body: " " },
    { shortcut: "x", title: "T", body: "x", tenantId: newId() },
  ])("are not written of %j", async (payload) => {
    expect((await rawManager.post("/canned-replies", payload)).status).toBe(400);
  });

  test("are not longer than a template may be", async () => {
    const body = "x".repeat(10_001);
    expect((await rawManager.post("/canned-replies", { shortcut: "x", title: "T", body })).status).toBe(400);
  });

  test("have a body that is a template, or it is said where it is not", async () => {
    const body = "Hello {{ contact.nam }}\n{% if ticket.attributes.size %}{{ ticket.attributes.size.x }}{% endif %}";
    const refused = await rawManager.post("/canned-replies", { shortcut: "x", title: "T", body });
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [
        { path: "body", message: "line 1, column 10: there is no variable contact.nam" },
        { path: "body", message: "line 2, column 7: size is not an attribute of this company; define it first" },
        { path: "body", message: "line 2, column 35: there is no variable ticket.attributes.size.x" },
      ],
    ]);
    const id = await write("greet");
    const change = await rawManager.patch(`/canned-replies/${id}`, { body: "a\n {% for i in (1..9) %}x{% endfor %}" });
    expect([change.status, change.body.errors[0]]).toEqual([
      400,
      { path: "body", message: 'line 2, column 2: tag "for" not found' },
    ]);
    const tooMuch = await rawManager.patch(`/canned-replies/${id}`, { body: "{{ (1..100000000) }}" });
    expect([tooMuch.status, tooMuch.body.errors[0].path]).toEqual([400, "body"]);
  });

  test("may name an attribute of the company, and no other company's", async () => {
    const attribute = { key: "size", label: "Size", type: "text" as const };
    const theirs = await openDesk(api);
    await theirs.typed({ role: "ADMIN" }).post("/ticket-attributes", { body: attribute });
    const body = "{{ ticket.attributes.size }}";
    await expect(write("size", body)).rejects.toMatchObject({ code: "validation_failed" });
    await desk.typed({ role: "ADMIN" }).post("/ticket-attributes", { body: attribute });
    await write("size", body);
  });
});

describe("rendering a canned reply", () => {
  const EVERYTHING =
    "{{ contact.name }}|{{ contact.firstName }}|{{ contact.phone }}|{{ contact.email }}|{{ agent.firstName }}|" +
    "{{ ticket.number }}|{{ ticket.subject }}|{{ ticket.orderRef }}|{{ ticket.status }}|{{ conversation.channel }}|{{ tenant.name }}";

  test("fills it in for a ticket and says what is missing; what people wrote is not evaluated", async () => {
    const { ticket } = await seedTicket();
    const path = { id: await write("all", EVERYTHING) };
    const { data } = await desk.typed().post("/canned-replies/{id}/render", { path, body: { ticketId: ticket.id } });
    const name = "Ada {{ tenant.name }}";
    expect(data).toEqual({
      text: `${name}|Ada|+15550001111||Agent|${ticket.number}|{% raw %}||pending|whatsapp|${desk.tenant.name}`,
      missing: ["contact.email", "ticket.orderRef"],
    });
  });

  test("fills it in for a conversation, with its ticket while there is one", async () => {
    const { conversation, ticket } = await seedTicket();
    const path = { id: await write("number", "#{{ ticket.number }}") };
    const body = { conversationId: conversation.id };
    const render = () => desk.typed().post("/canned-replies/{id}/render", { path, body });
    expect((await render()).data).toEqual({ text: `#${ticket.number}`, missing: [] });
    await desk.typed().patch("/tickets/{id}", { path: { id: ticket.id }, body: { status: "resolved" } });
    expect((await render()).data).toEqual({ text: "#", missing: ["ticket.number"] });
  });

  test("tells the time as the company does", async () => {
    const { ticket } = await seedTicket();
    await desk.typed({ role: "ADMIN" }).patch("/settings", { body: { timeZone: "Asia/Tokyo", languages: ["de"] } });
    const now = api.context.clock.now();
    const path = { id: await write("time", "{{ now.weekday }}, {{ now.hour }}") };
    const { data } = await desk.typed().post("/canned-replies/{id}/render", { path, body: { ticketId: ticket.id } });
    const weekday = new Intl.DateTimeFormat("de", { weekday: "long", timeZone: "Asia/Tokyo" }).format(now);
    expect(data.text).toBe(`${weekday}, ${(now.getUTCHours() + 9) % 24}`);
  });

  test("leaves out values of attributes that the company has no more", async () => {
    const { ticket } = await seedTicket();
    const admin = desk.typed({ role: "ADMIN" });
    const { data: attribute } = await admin.post("/ticket-attributes", {
      body: { key: "size", label: "Size", type: "text" },
    });
    const path = { id: await write("size", "{{ ticket.attributes.size }}") };
    const render = async () =>
      (await desk.typed().post("/canned-replies/{id}/render", { path, body: { ticketId: ticket.id } })).data;
    expect(await render()).toEqual({ text: "", missing: ["ticket.attributes.size"] });
    await desk.typed().patch("/tickets/{id}", { path: { id: ticket.id }, body: { attributes: { size: "XL" } } });
    expect(await render()).toEqual({ text: "XL", missing: [] });
    await admin.delete("/ticket-attributes/{id}", { path: { id: attribute.id } });
    expect(await render()).toEqual({ text: "", missing: ["ticket.attributes.size"] });
  });

  test("is refused when no message could hold the text", async () => {
    const { ticket } = await seedTicket();
    const path = { id: await write("long", `{{ contact.name | default: "x" }}${"y".repeat(4_090)}`) };
    await expect(
      desk.typed().post("/canned-replies/{id}/render", { path, body: { ticketId: ticket.id } }),
    ).rejects.toMatchObject({ status: 409, detail: expect.stringContaining("4096") });
  });

  test("finds neither a reply nor a place of another company, or of none", async () => {
    const theirs = await openDesk(api);
    const { ticket, conversation } = await seedTicket();
    const path = { id: await write("greet") };
    const theirReply = await theirs.typed({ role: "MANAGER" }).post("/canned-replies", {
      body: { shortcut: "greet", title: "Theirs", body: "x" },
    });
    const stranger = theirs.typed();
    const statuses = await statusesOf([
      stranger.post("/canned-replies/{id}/render", { path, body: { ticketId: ticket.id } }),
      stranger.post("/canned-replies/{id}/render", {
        path: { id: theirReply.data.id },
        body: { conversationId: conversation.id },
      }),
      desk.typed().post("/canned-replies/{id}/render", { path, body: { ticketId: newId() } }),
      desk.typed().post("/canned-replies/{id}/render", { path: { id: newId() }, body: { ticketId: ticket.id } }),
    ]);
    expect(statuses).toEqual([404, 404, 404, 404]);
  });

  test.each([{}, { ticketId: newId(), conversationId: newId() }, { ticketId: "x" }])(
    "is not asked for with %j",
    async (payload) => {
      expect((await rawManager.post(`/canned-replies/${await write("greet")}/render`, payload)).status).toBe(400);
    },
  );

  test("needs, of a key, the scopes for what it tells", async () => {
    const { ticket } = await seedTicket();
    const id = await write("greet", "{{ contact.phone }}{{ agent.name }}");
    const owner = desk.as({ role: "OWNER" });
    const scopes: Action[] = ["canned_replies.read", "contacts.read", "conversations.read", "tickets.read"];
    const render = async (given: Action[]) => {
      const { key } = await makeKey(api, { tenantId: desk.tenant.id, owner, scopes: given });
      const payload = { ticketId: ticket.id };
      return ask(api, key, { method: "POST", path: `/canned-replies/${id}/render`, payload });
    };
    expect((await render(scopes.slice(0, 3))).status).toBe(403);
    expect((await render(scopes)).body.data).toEqual({ text: "+15550001111", missing: ["agent.name"] });
  });
});
