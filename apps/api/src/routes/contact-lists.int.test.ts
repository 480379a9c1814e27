import { buildContact, buildConversation, buildInbox, buildTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

const DAY_MS = 24 * 3_600_000;

/** A regular with a conversation and a ticket, somebody who wrote long ago, and somebody who was only added. */
async function threeContacts() {
  const tenantId = desk.tenant.id;
  const { id: inboxId } = await buildInbox(api.context, { tenantId, channel: "WHATSAPP" });
  const regular = await buildContact(api.context, { tenantId, name: "Regular", tags: ["vip", "b2b"] });
  const former = await buildContact(api.context, { tenantId, name: "Former", tags: ["vip"], blockedAt: new Date() });
  const added = await buildContact(api.context, {
    tenantId,
    name: "Added",
    createdAt: new Date(Date.now() - 10 * DAY_MS),
    identifiers: [{ type: "EMAIL", value: "added@customers.example", isPrimary: true }],
  });
  const conversation = await buildConversation(api.context, { tenantId, inboxId, contactId: regular.id });
  await buildTicket(api.context, conversation);
  const long = new Date(Date.now() - 30 * DAY_MS);
  const old = await buildConversation(api.context, { tenantId, contactId: former.id, lastInboundAt: long });
  await buildTicket(api.context, old, { status: "CLOSED", resolvedAt: long });
  return { regular: regular.id, former: former.id, added: added.id, inboxId };
}

let three: Awaited<ReturnType<typeof threeContacts>>;

const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

const found = async (query: string): Promise<string[]> => {
  const { status, body } = await desk.client.get(`/contacts?fields=name&${query}`);
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data.map(({ name }: { name: string }) => name).toSorted();
};

describe("a list of contacts", () => {
  beforeEach(async () => {
    three = await threeContacts();
  });

  test("is of those that the filters mean", async () => {
    const { inboxId } = three;
    const cases: [string, string[]][] = [
      ["tag=vip", ["Former", "Regular"]],
      ["tag=vip&tag=b2b", ["Regular"]],
      ["identifierType=email", ["Added"]],
      ["identifierType=email,whatsapp", ["Added", "Former", "Regular"]],
      [`inboxId=${inboxId}`, ["Regular"]],
      ["channel=whatsapp", ["Former", "Regular"]],
      ["channel=amazon", []],
      [`createdBefore=${ago(5)}`, ["Added"]],
      [`createdAfter=${ago(5)}`, ["Former", "Regular"]],
      [`lastSeenAfter=${ago(5)}`, ["Regular"]],
      [`lastSeenBefore=${ago(5)}`, ["Former"]],
      ["isBlocked=true", ["Former"]],
      ["isBlocked=false", ["Added", "Regular"]],
      ["hasOpenTicket=true", ["Regular"]],
      ["hasOpenTicket=false", ["Added", "Former"]],
      ["hasConversation=false", ["Added"]],
      ["tag=vip&hasOpenTicket=false", ["Former"]],
    ];
    for (const [query, names] of cases) expect([query, await found(query)]).toEqual([query, names]);
  });

  test("finds values of attributes", async () => {
    await admin.post("/contact-attributes", { key: "size", label: "Size", type: "number" });
    await desk.client.patch(`/contacts/${three.added}`, { attributes: { size: 42 } });
    expect(await found("attribute=size:42")).toEqual(["Added"]);
    expect(await found("attribute=size:43")).toEqual([]);
  });

  test("answers what is asked for, and says what there has been to do", async () => {
    const { body } = await desk.client.get("/contacts?fields=id,tags&include=activity&tag=b2b");
    expect(body.data).toEqual([
      {
        id: three.regular,
        tags: ["vip", "b2b"],
        activity: { lastSeenAt: expect.any(String), conversations: 1, unfinishedTickets: 1 },
      },
    ]);
    const all = (await desk.client.get("/contacts?include=activity&identifierType=email")).body.data;
    expect(all).toMatchObject([
      { name: "Added", email: "added@customers.example", activity: { lastSeenAt: null, conversations: 0 } },
    ]);
    for (const query of ["fields=x", "include=x", "fields=", "segmentId=x"]) {
      expect((await desk.client.get(`/contacts?${query}`)).status).toBe(400);
    }
  });

  test("tells which tags there are", async () => {
    expect((await desk.client.get("/contacts/tags")).body.data).toEqual([
      { tag: "vip", contacts: 2 },
      { tag: "b2b", contacts: 1 },
    ]);
    expect((await (await openDesk(api)).client.get("/contacts/tags")).body.data).toEqual([]);
  });

  test("is of those in a segment, among which the other filters choose", async () => {
    const segment = { name: "Regulars", filter: { tag: ["vip"] } };
    const { status, body } = await desk.client.post("/segments", segment);
    expect([status, body.data]).toEqual([201, expect.objectContaining({ ...segment, isShared: false })]);
    const { id } = body.data;
    expect(await found(`segmentId=${id}`)).toEqual(["Former", "Regular"]);
    expect(await found(`segmentId=${id}&hasOpenTicket=true`)).toEqual(["Regular"]);
    expect((await desk.client.get(`/segments/${id}/count`)).body.data).toEqual({ count: 2, isCapped: false });
    await desk.client.patch(`/segments/${id}`, { filter: { hasConversation: false } });
    expect((await desk.client.get(`/segments/${id}/count`)).body.data).toEqual({ count: 1, isCapped: false });
  });
});

describe("a segment", () => {
  const mine = { name: "Mine", filter: { tag: ["vip"] } };

  test("is its owner's until somebody who may share it does", async () => {
    const colleague = desk.as({ userId: (await desk.newMember()).id });
    const manager = desk.as({ userId: (await desk.newMember("MANAGER")).id });
    const { id } = (await desk.client.post("/segments", mine)).body.data;
    expect((await colleague.get(`/segments/${id}`)).status).toBe(404);
    expect((await colleague.get(`/contacts?segmentId=${id}`)).status).toBe(404);
    expect((await desk.client.patch(`/segments/${id}`, { isShared: true })).status).toBe(403);
    const shared = (await manager.post("/segments", { ...mine, isShared: true })).body.data;
    expect((await colleague.get(`/segments/${shared.id}`)).body.data).toEqual(shared);
    expect((await colleague.patch(`/segments/${shared.id}`, { name: "Other" })).status).toBe(403);
    expect((await manager.patch(`/segments/${shared.id}`, { name: "Other" })).body.data.name).toBe("Other");
    expect((await colleague.get("/segments")).body.data).toHaveLength(1);
    expect((await manager.delete(`/segments/${shared.id}`)).status).toBe(204);
    expect((await desk.client.delete(`/segments/${id}`)).status).toBe(204);
    const entries = await api.context.database.withSystem((tx) =>
      tx.auditEntry.findMany({ where: { subjectId: shared.id }, orderBy: { id: "asc" } }),
    );
    expect(entries.map(({ action }) => action)).toEqual(["segment.created", "segment.changed", "segment.deleted"]);
  });

  test("whose owner leaves goes to whoever removes them, if it is shared", async () => {
    const { id: leaver } = await desk.newMember("MANAGER");
    const { id: userId } = await desk.newMember("ADMIN");
    const { id } = (await desk.as({ userId: leaver }).post("/segments", { ...mine, isShared: true })).body.data;
    expect((await desk.as({ userId }).delete(`/users/${leaver}`)).status).toBe(204);
    expect((await desk.client.get(`/segments/${id}`)).body.data.ownerId).toBe(userId);
  });

  test("keeps whom it searches for out of the audit log", async () => {
    const manager = desk.as({ userId: (await desk.newMember("MANAGER")).id });
    const filter = { search: "one@customers.example" };
    const { id } = (await manager.post("/segments", { name: "One", filter, isShared: true })).body.data;
    const entry = await api.context.database.withSystem((tx) =>
      tx.auditEntry.findFirstOrThrow({ where: { subjectId: id } }),
    );
    expect(JSON.stringify(entry)).not.toContain("customers.example");
  });

  test.each([
    [{ inboxId: ["019c1234-5678-7436-836f-a83bc726e1c1"] }, "filter.inboxId.0"],
    [{ attribute: ["size:1"] }, "filter.attribute.0"],
    [{ tag: [] }, "filter.tag"],
    [{ colour: "red" }, "filter.colour"],
  ])("of %j is refused", async (filter, path) => {
    const { status, body } = await desk.client.post("/segments", { name: "One", filter });
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });
});
