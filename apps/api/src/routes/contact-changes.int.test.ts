import { newId } from "@parley/runtime";
import { buildContact, buildConversation, unusedPhone } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

const add = async (contact: object): Promise<string> => {
  const { status, body } = await desk.client.post("/contacts", contact);
  expect([status, body.errors]).toEqual([201, undefined]);
  return body.data.id;
};

const eventsOf = (contactId: string) =>
  api.context.database.withSystem((tx) => tx.event.findMany({ where: { contactId }, orderBy: { seq: "asc" } }));

describe("a contact that is added", () => {
  test("has its identifiers in one form, the first of each type as the primary one", async () => {
    const { status, body } = await desk.client.post("/contacts", {
      name: "Customer One",
      email: "One@Customers.EXAMPLE",
      phone: "+49 (151) 1234-5678",
      identifiers: [
        { type: "whatsapp", value: "4915112345678" },
        { type: "email", value: "second@customers.example" },
        { type: "amazon", value: "A1B2C3" },
      ],
      tags: ["vip", "vip"],
      metadata: { customerNumber: "4711", nested: { a: [1, null] } },
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      name: "Customer One",
      email: "one@customers.example",
      phone: "+4915112345678",
      tags: ["vip"],
      metadata: { customerNumber: "4711", nested: { a: [1, null] } },
      attributes: {},
      blockedAt: null,
      erasedAt: null,
      version: 1,
    });
    const shown = await desk.client.get(`/contacts/${body.data.id}`);
    expect(shown.body.data).toEqual(body.data);
    expect(shown.headers["etag"]).toBe('"1"');
    const identifiers = body.data.identifiers.map(
      ({ type, value, isPrimary }: { type: string; value: string; isPrimary: boolean }) => [type, value, isPrimary],
    );
    expect(identifiers).toHaveLength(5);
    expect(identifiers).toEqual(
      expect.arrayContaining([
        ["phone", "+4915112345678", true],
        ["email", "one@customers.example", true],
        ["email", "second@customers.example", false],
        ["whatsapp", "+4915112345678", true],
        ["amazon", "A1B2C3", true],
      ]),
    );
    expect(await eventsOf(body.data.id)).toMatchObject([{ type: "CONTACT_CREATED", actorType: "AGENT" }]);
  });

  test("has numbers of the company's country, once the settings name one", async () => {
    const national = { name: "One", phone: "0151 12345678" };
    const refused = await desk.client.post("/contacts", national);
    expect(refused.body.errors).toMatchObject([{ path: "phone", message: expect.stringMatching(/begin with \+/) }]);
    expect((await admin.patch("/settings", { country: "de" })).body.data.country).toBe("DE");
    expect((await desk.client.post("/contacts", national)).body.data.phone).toBe("+4915112345678");
    expect((await admin.patch("/settings", { country: "XX" })).status).toBe(400);
  });

  test.each([
    [{}, ""],
    [{ name: " " }, "name"],
    [{ email: "nobody" }, "email"],
    [{ phone: "+49" }, "phone"],
    [{ identifiers: [{ type: "whatsapp_bsuid", value: "x" }] }, "identifiers.0.value"],
    [{ identifiers: [{ type: "pigeon", value: "x" }] }, "identifiers.0.type"],
    [
      {
        identifiers: [
          { type: "email", value: "a@b.example", isPrimary: true },
          { type: "email", value: "c@b.example", isPrimary: true },
        ],
      },
      "identifiers.1.isPrimary",
    ],
    [{ name: "One", attributes: { nothing: 1 } }, "attributes.nothing"],
    [{ name: "One", metadata: { a: "\0" } }, "metadata"],
    [{ name: "One", id: newId() }, ""],
  ])("is refused as %j", async (contact, path) => {
    const { status, body } = await desk.client.post("/contacts", contact);
    expect([status, body.code]).toEqual([400, "validation_failed"]);
    if (path !== "") expect(body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  test("is one, whoever adds it at the same time, and others are told who it is", async () => {
    const phone = unusedPhone();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_empty, index) =>
        desk.client.post("/contacts", { name: `Customer ${index}`, identifiers: [{ type: "whatsapp", value: phone }] }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    const id: string = made[0]?.body.data.id;
    const refused = answers.filter(({ status }) => status !== 201);
    for (const { status, body } of refused) {
      expect([status, body.code]).toEqual([409, "conflict"]);
      expect(body.detail).toContain(id);
      expect(body.detail).not.toContain(phone);
    }
    expect(await eventsOf(id)).toHaveLength(1);
  });

  test("is whoever is known already, if that is wanted, and gets what is missing", async () => {
    const phone = unusedPhone();
    const id = await add({ phone });
    const wanted = { name: "Customer One", email: "one@customers.example", phone, tags: ["new"], ifKnown: "use" };
    const used = await Promise.all(Array.from({ length: 5 }, () => desk.client.post("/contacts", wanted)));
    expect(used.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(used[0]?.body.data).toMatchObject({ id, name: "Customer One", email: "one@customers.example", tags: [] });
    const other = await add({ email: "two@customers.example" });
    const both = await desk.client.post("/contacts", { phone, email: "two@customers.example", ifKnown: "use" });
    expect([both.status, both.body.detail]).toEqual([409, expect.stringContaining(other)]);
    const fresh = await desk.client.post("/contacts", { ...wanted, email: "three@x.example", phone: unusedPhone() });
    expect([fresh.status, fresh.body.data.tags]).toEqual([201, ["new"]]);
  });
});

describe("a contact that is changed", () => {
  test("has one step of its version and one event for each change, and none for what changes nothing", async () => {
    const id = await add({ name: "Customer One", tags: ["a"], metadata: { a: 1, b: 2 } });
    const path = `/contacts/${id}`;
    const change = { name: "Other", addTags: ["b"], removeTags: ["a"], email: "one@customers.example" };
    const { headers, body } = await desk.client.patch(path, change);
    expect(headers["etag"]).toBe('"2"');
    expect(body.data).toMatchObject({ name: "Other", tags: ["b"], email: "one@customers.example", version: 2 });
    const same = { name: "Other", tags: ["b"], email: "ONE@customers.example", metadata: { b: 2, a: 1 } };
    expect((await desk.client.patch(path, same)).body.data.version).toBe(2);
    expect(await eventsOf(id)).toMatchObject([
      { type: "CONTACT_CREATED" },
      { type: "CONTACT_CHANGED", data: { changed: ["name", "tags", "identifiers"] } },
    ]);
  });

  test("is refused when somebody else was faster, with the contact as it is", async () => {
    const id = await add({ name: "Customer One", email: "one@customers.example" });
    const path = `/contacts/${id}`;
    const changes = await Promise.all(
      ["a", "b"].map((name) => desk.client.patch(path, { name, email: `${name}@x.example` }, { "if-match": '"1"' })),
    );
    expect(changes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const late = changes.find(({ status }) => status === 412);
    const { data } = (await desk.client.get(path)).body;
    expect(late?.body.current).toMatchObject({ id, version: 2 });
    expect(data.identifiers).toHaveLength(2);
  });

  test("gets and loses identifiers, of which nobody else has one", async () => {
    const [phone, taken] = [unusedPhone(), unusedPhone()];
    const id = await add({ phone, email: "one@customers.example" });
    const other = await add({ identifiers: [{ type: "whatsapp", value: taken }] });
    const path = `/contacts/${id}`;
    const refused = await desk.client.patch(path, { identifiers: [{ type: "whatsapp", value: taken }] });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(other)]);
    expect((await desk.client.patch(path, { phone: unusedPhone() })).body.data.identifiers).toHaveLength(3);
    const bare = await desk.client.patch(path, { phone: null, email: null });
    expect(bare.body.data).toMatchObject({ phone: null, email: null, identifiers: [] });
    expect(await add({ phone })).not.toBe(id);
  });

  test.each([{}, { tags: ["a"], addTags: ["b"] }, { email: "x" }, { version: 1 }])(
    "is refused as %j",
    async (change) => {
      const id = await add({ name: "Customer One" });
      expect((await desk.client.patch(`/contacts/${id}`, change)).status).toBe(400);
    },
  );

  test("is not found in another company", async () => {
    const id = await add({ name: "Customer One" });
    const theirs = (await openDesk(api)).client;
    expect((await theirs.patch(`/contacts/${id}`, { name: "x", email: "x@y.example" })).status).toBe(404);
    expect((await theirs.get(`/contacts/lookup?email=x@y.example`)).body.data).toEqual([]);
  });

  test("has values of the company's own attributes", async () => {
    const tier = { key: "loyalty_tier", label: "Tier", type: "choice", options: ["silver", "gold"] };
    const { id: attributeId } = (await admin.post("/contact-attributes", tier)).body.data;
    const id = await add({ name: "Customer One", attributes: { loyalty_tier: "gold" } });
    const path = `/contacts/${id}`;
    expect((await desk.client.get(path)).body.data.attributes).toEqual({ loyalty_tier: "gold" });
    const wrong = await desk.client.patch(path, { attributes: { loyalty_tier: "lead" } });
    expect(wrong.body.errors).toMatchObject([{ path: "attributes.loyalty_tier" }]);
    expect((await admin.delete(`/contact-attributes/${attributeId}`)).status).toBe(204);
    expect((await desk.client.get(path)).body.data.attributes).toEqual({});
    await admin.post("/contact-attributes", tier);
    expect((await desk.client.patch(path, { attributes: { loyalty_tier: null } })).body.data.attributes).toEqual({});
  });
});

describe("a contact that is deleted", () => {
  test("is gone, and its identifiers are free, if nothing was ever spoken", async () => {
    const phone = unusedPhone();
    const id = await add({ phone });
    const manager = desk.as({ role: "MANAGER" });
    expect((await desk.client.delete(`/contacts/${id}`)).status).toBe(403);
    expect((await manager.delete(`/contacts/${id}`)).status).toBe(204);
    expect((await desk.client.get(`/contacts/${id}`)).status).toBe(404);
    expect(await add({ phone })).not.toBe(id);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(["CONTACT_CREATED", "CONTACT_DELETED"]);
  });

  test("stays where there is a conversation, and it is said what to do instead", async () => {
    const { id } = await buildContact(api.context, { tenantId: desk.tenant.id });
    await buildConversation(api.context, { tenantId: desk.tenant.id, contactId: id });
    const { status, body } = await desk.as({ role: "MANAGER" }).delete(`/contacts/${id}`);
    expect([status, body.code]).toEqual([409, "conflict"]);
    expect(body.detail).toMatch(/erase .* merge .* block/);
  });
});

describe("who somebody is, is looked up", () => {
  test("by a number, however it is written, on the telephone and on WhatsApp alike", async () => {
    const byPhone = await add({ phone: "+4915112345678" });
    const onWhatsApp = await add({ identifiers: [{ type: "whatsapp", value: "+4915112345678" }] });
    for (const phone of ["+4915112345678", "+49 151 1234-5678", "0049 151 12345678"]) {
      const { status, body } = await desk.client.get(`/contacts/lookup?phone=${encodeURIComponent(phone)}`);
      expect([status, body.data.map(({ id }: { id: string }) => id)]).toEqual([200, [byPhone, onWhatsApp]]);
    }
  });

  test.each([
    ["email=ONE@customers.example", true],
    ["externalId=4711", true],
    ["identifier=A1B2C3&type=amazon", true],
    ["identifier=a1b2c3&type=amazon", false],
    ["identifier=4711&type=amazon", false],
    ["email=two@customers.example", false],
  ])("by ?%s", async (query, isFound) => {
    const identifiers = [
      { type: "amazon", value: "A1B2C3" },
      { type: "external", value: "4711" },
    ];
    const id = await add({ email: "one@customers.example", identifiers });
    const { status, body } = await desk.client.get(`/contacts/lookup?${query}`);
    expect([status, body.data.map((found: { id: string }) => found.id)]).toEqual([200, isFound ? [id] : []]);
  });

  test.each(["", "phone=1&email=a@b.example", "identifier=1", "type=email", "phone=x", "email=x", "name=x"])(
    "but not by ?%s",
    async (query) => {
      expect((await desk.client.get(`/contacts/lookup?${query}`)).status).toBe(400);
    },
  );
});
