import { outboundQueue } from "@parley/core/outbound-queue";
import { newId } from "@parley/runtime";
import {
  buildContact,
  buildConversation,
  buildInbox,
  buildMessage,
  buildTenant,
  buildTicket,
  buildUser,
  type BuiltTenant,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, signedIn, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let platform: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(() => {
  platform = signedIn(api, { tenantId: null, isSuperAdmin: true });
});

const auditOf = (tenantId: string) =>
  api.context.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId }, orderBy: { id: "asc" } }));
const storedTenant = (id: string): Promise<BuiltTenant> =>
  api.context.database.withSystem((tx) => tx.tenant.findUniqueOrThrow({ where: { id } }));

describe("GET /tenants/current", () => {
  test("counts what the company has, and nobody else's", async () => {
    const tenantId = desk.tenant.id;
    await buildTicket(api.context, await buildConversation(api.context, { tenantId: (await openDesk(api)).tenant.id }));
    const conversation = await buildConversation(api.context, { tenantId });
    const [settled, closed, open] = ["RESOLVED", "CLOSED", "ESCALATED"] as const;
    for (const status of [settled, closed, open]) await buildTicket(api.context, conversation, { status });
    await buildContact(api.context, { tenantId });
    await buildInbox(api.context, { tenantId });
    const { status, body } = await desk.client.get("/tenants/current");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: tenantId, status: "active", plan: "dev" });
    expect(body.data.counts).toEqual({ members: 1, inboxes: 2, contacts: 2, openTickets: 1 });
  });
});

describe("PATCH /tenants/current", () => {
  test("renames the company and writes down who did", async () => {
    const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "ADMIN" });
    const answer = await desk.as({ userId }).patch("/tenants/current", { name: "  New name " });
    expect(answer).toMatchObject({ status: 200, body: { data: { name: "New name", slug: desk.tenant.slug } } });
    expect(answer.body.data.counts).toMatchObject({ members: 2 });
    expect((await desk.client.get("/tenants/current")).body.data.name).toBe("New name");
    expect(await auditOf(desk.tenant.id)).toMatchObject([
      {
        action: "tenant.changed",
        actorId: userId,
        subjectType: "tenant",
        subjectId: desk.tenant.id,
        before: { name: desk.tenant.name },
        after: { name: "New name" },
      },
    ]);
  });

  test("to the name that it has is no change", async () => {
    const { status } = await desk.as({ role: "OWNER" }).patch("/tenants/current", { name: desk.tenant.name });
    expect(status).toBe(200);
    expect(await auditOf(desk.tenant.id)).toEqual([]);
  });

  test.each([{}, { name: " " }, { name: "x".repeat(121) }, { name: "x", plan: "enterprise" }, { status: "active" }])(
    "refuses %j",
    async (payload) => {
      expect((await desk.as({ role: "OWNER" }).patch("/tenants/current", payload)).status).toBe(400);
    },
  );

  test("needs the role admin", async () => {
    expect((await desk.as({ role: "MANAGER" }).patch("/tenants/current", { name: "Mine" })).status).toBe(403);
    expect((await storedTenant(desk.tenant.id)).name).toBe(desk.tenant.name);
  });
});

async function findTenants(query: string): Promise<string[]> {
  return (await readAll(platform, `/tenants?limit=50&${query}`)).map(({ id }) => id);
}

describe("GET /tenants", () => {
  test("lists the companies of whoever asks, newest first, and no others", async () => {
    const second = await buildTenant(api.context);
    await buildTenant(api.context);
    await api.context.database.withSystem((tx) =>
      tx.membership.create({ data: { tenantId: second.id, userId: desk.agent.id, role: "AGENT" } }),
    );
    const mine = await readAll(desk.client, "/tenants?limit=1");
    expect(mine.map(({ id }) => id)).toEqual([second.id, desk.tenant.id]);
  });

  test("lists all of them for a SUPER_ADMIN, each once while others are added", async () => {
    const mark = newId();
    const tenants: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      tenants.unshift((await buildTenant(api.context, { name: `Company ${mark}` })).id);
    }
    const listed = await readAll(platform, `/tenants?limit=2&search=${mark}`, () =>
      buildTenant(api.context, { name: `Company ${mark}` }),
    );
    expect(listed.map(({ id }) => id)).toEqual(tenants);
  });

  test("filters by status, and by a part of name or slug in either case", async () => {
    const mark = newId();
    const byName = await buildTenant(api.context, { name: `Shoes ${mark} & Co`, status: "SUSPENDED" });
    const bySlug = await buildTenant(api.context, { slug: `shoes-${mark}` });
    expect(await findTenants(`search=${mark.toUpperCase()}`)).toEqual([bySlug.id, byName.id]);
    expect(await findTenants(`search=${mark}&status=suspended`)).toEqual([byName.id]);
    expect(await findTenants(`search=${mark.replaceAll("-", "_")}`)).toEqual([]);
  });

  test.each(["status=paused", "search=", "role=owner", "cursor=x"])("refuses ?%s", async (query) => {
    expect((await desk.client.get(`/tenants?${query}`)).status).toBe(400);
  });

  test("does not show a member more for naming a company or a cursor of others", async () => {
    const theirs = await openDesk(api);
    expect((await desk.client.get(`/tenants?search=${theirs.tenant.slug}`)).body.data).toEqual([]);
    const cursor = Buffer.from(JSON.stringify([newId()])).toString("base64url");
    const { body } = await desk.client.get(`/tenants?cursor=${cursor}`);
    expect(body.data).toMatchObject([{ id: desk.tenant.id }]);
  });
});

describe("POST /tenants", () => {
  test("adds a company with a slug made from its name", async () => {
    const name = `Café ${newId()}`;
    const answer = await platform.post("/tenants", { name });
    const slug = name.replace("Café ", "cafe-");
    expect(answer).toMatchObject({ status: 201, body: { data: { name, slug, status: "trial", plan: "dev" } } });
    const { id } = answer.body.data;
    expect(await auditOf(id)).toMatchObject([{ action: "tenant.created", subjectId: id, after: { name, slug } }]);
  });

  test("takes slug, plan and status as they are given", async () => {
    const payload = { name: "Company", slug: `c-${newId()}`, plan: "pro", status: "active" };
    const answer = await platform.post("/tenants", payload);
    expect(answer).toMatchObject({ status: 201, body: { data: payload } });
  });

  test("refuses a slug that is taken, and finds another one for a name that is", async () => {
    const { slug } = desk.tenant;
    const refused = await platform.post("/tenants", { name: "Company", slug });
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict", detail: expect.stringContaining("slug") } });
    const named = await platform.post("/tenants", { name: slug });
    expect(named.status).toBe(201);
    expect(named.body.data.slug).toMatch(new RegExp(`^${slug}-[0-9a-f]{8}$`));
  });

  test("finds a slug for each of many companies of one name that are added at once", async () => {
    const name = `Twin ${newId()}`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => platform.post("/tenants", { name })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.data.slug)).size).toBe(4);
  });

  test("happens once under an Idempotency-Key where the SUPER_ADMIN works in a company", async () => {
    const visitor = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    const payload = { name: `Company ${newId()}` };
    const first = await visitor.post("/tenants", payload, { "idempotency-key": "tenant-1" });
    const second = await visitor.post("/tenants", payload, { "idempotency-key": "tenant-1" });
    expect(second).toMatchObject({ status: 201, body: first.body, headers: { "idempotency-replayed": "true" } });
  });

  test.each([
    {},
    { name: "" },
    { name: "x", slug: "Upper" },
    { name: "x", slug: "-a" },
    { name: "x", slug: "a--b" },
    { name: "x", slug: "a".repeat(49) },
    { name: "x", plan: "gold" },
    { name: "x", id: newId() },
  ])("refuses %j", async (payload) => {
    expect((await platform.post("/tenants", payload)).status).toBe(400);
  });

  test("is for the platform's administrators", async () => {
    const owner = desk.as({ role: "OWNER" });
    expect((await owner.post("/tenants", { name: "Mine" })).status).toBe(403);
    expect((await owner.patch(`/tenants/${desk.tenant.id}`, { plan: "enterprise" })).status).toBe(403);
    expect((await storedTenant(desk.tenant.id)).plan).toBe("DEV");
  });
});

describe("PATCH /tenants/:id", () => {
  test("changes name, plan and status, and writes down what they were in that company", async () => {
    const { id, name } = desk.tenant;
    const change = { name: "Renamed", plan: "pro", status: "suspended" };
    expect(await platform.patch(`/tenants/${id}`, change)).toMatchObject({
      status: 200,
      body: { data: { id, ...change } },
    });
    expect(await storedTenant(id)).toMatchObject({ name: "Renamed", plan: "PRO", status: "SUSPENDED" });
    expect(await auditOf(id)).toMatchObject([
      { action: "tenant.changed", subjectId: id, before: { name, plan: "dev", status: "active" }, after: change },
    ]);
  });

  test("changes only what is given, and writes nothing down where nothing changes", async () => {
    const { id, name } = desk.tenant;
    expect((await platform.patch(`/tenants/${id}`, { plan: "DEV", name })).body.data).toMatchObject({ plan: "dev" });
    expect(await auditOf(id)).toEqual([]);
    await platform.patch(`/tenants/${id}`, { plan: "starter" });
    expect(await auditOf(id)).toMatchObject([{ before: { plan: "dev" }, after: { plan: "starter" } }]);
    expect(await storedTenant(id)).toMatchObject({ name, status: "ACTIVE" });
  });

  test("knows no company with a made-up id, and no other fields", async () => {
    expect((await platform.patch(`/tenants/${newId()}`, { plan: "pro" })).status).toBe(404);
    expect((await platform.patch(`/tenants/${desk.tenant.id}`, { slug: "mine" })).status).toBe(400);
    expect((await platform.patch("/tenants/mine", { plan: "pro" })).status).toBe(400);
  });

  test.each([
    ["suspended", "active"],
    ["suspended", "trial"],
    ["closed", "active"],
  ])("enqueues what has waited in active inboxes when it goes from %s to %s", async (from, to) => {
    const { id: tenantId } = desk.tenant;
    await platform.patch(`/tenants/${tenantId}`, { status: from });
    const queued = { direction: "OUTBOUND", status: "QUEUED", externalId: null } as const;
    const paused = await buildInbox(api.context, { tenantId, status: "PAUSED" });
    await buildMessage(api.context, await buildConversation(api.context, { tenantId, inboxId: paused.id }), queued);
    const heads: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const conversation = await buildConversation(api.context, { tenantId });
      const { id, occurredAt } = await buildMessage(api.context, conversation, queued);
      const later = new Date(occurredAt.getTime() + 1);
      await buildMessage(api.context, conversation, { ...queued, occurredAt: later });
      heads.push(id);
    }

    await platform.patch(`/tenants/${tenantId}`, { status: to });
    const waiting = (await api.context.jobsOn(outboundQueue)).filter(
      ({ payload }) => (payload as { tenantId: string }).tenantId === tenantId,
    );
    expect(waiting.map(({ payload }) => (payload as { messageId: string }).messageId).toSorted()).toEqual(
      heads.toSorted(),
    );
  });

  test("enqueues nothing where the company could send before", async () => {
    const { id: tenantId } = desk.tenant;
    const conversation = await buildConversation(api.context, { tenantId });
    await buildMessage(api.context, conversation, { direction: "OUTBOUND", status: "QUEUED", externalId: null });
    await platform.patch(`/tenants/${tenantId}`, { status: "trial" });
    const jobs = await api.context.jobsOn(outboundQueue);
    expect(JSON.stringify(jobs)).not.toContain(tenantId);
  });
});

describe("a suspended company", () => {
  test("reads and takes notes, and sends nothing to customers", async () => {
    const { id: tenantId } = desk.tenant;
    const conversation = await buildConversation(api.context, { tenantId });
    const ticket = await buildTicket(api.context, conversation);
    const failed = await buildMessage(api.context, conversation, { direction: "OUTBOUND", status: "FAILED" });
    await platform.patch(`/tenants/${tenantId}`, { status: "suspended" });

    const text = { type: "text", text: "Hello" };
    const path = `/conversations/${conversation.id}/messages`;
    const answers = [
      await desk.client.post(path, text),
      await desk.client.post("/messages", { inboxId: conversation.inboxId, to: "+4915112345678", ...text }),
      await desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Hello" }),
      await desk.client.post(`/messages/${failed.id}/retry`),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 403,
        body: { code: "forbidden", detail: expect.stringContaining("suspended") },
      });
    }
    expect((await readAll(desk.client, `${path}?limit=50`)).map(({ id }) => id)).toEqual([failed.id]);
    expect(JSON.stringify(await api.context.jobsOn(outboundQueue))).not.toContain(tenantId);
    expect((await desk.client.get("/contacts")).body.data).toHaveLength(1);

    expect((await desk.client.post(path, { ...text, isInternal: true })).status).toBe(201);
    const note = await desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Note", isInternal: true });
    expect(note.status).toBe(201);
  });

  test("is not sent for by the platform's administrators either, and sends again once it is active", async () => {
    const { id: tenantId } = desk.tenant;
    const { id } = await buildConversation(api.context, { tenantId });
    const visitor = signedIn(api, { tenantId, isSuperAdmin: true });
    const send = async (): Promise<number> =>
      (await visitor.post(`/conversations/${id}/messages`, { type: "text", text: "Hello" })).status;
    for (const status of ["suspended", "closed"]) {
      await platform.patch(`/tenants/${tenantId}`, { status });
      expect(await send()).toBe(403);
    }
    await platform.patch(`/tenants/${tenantId}`, { status: "active" });
    expect(await send()).toBe(201);
  });
});

test("nobody signs in to a closed company, and everybody does once it is open again", async () => {
  const path = `/tenants/${desk.tenant.id}`;
  await platform.patch(path, { status: "closed" });
  expect((await desk.client.get("/tenants/current")).status).toBe(401);
  await platform.patch(path, { status: "active" });
  expect((await desk.client.get("/tenants/current")).status).toBe(200);
});
