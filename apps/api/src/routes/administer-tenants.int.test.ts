import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, signedIn, type Client, type Desk } from "./desk.fixture.ts";
import { storedTenant } from "./tenants.fixture.ts";

let api: TestApi;
let desk: Desk;
let platform: Client;

openDeskForEachTest((opened) => ({ api, desk, platform } = opened));

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
    expect(await readAudit(api, { tenantId: id })).toMatchObject([
      { action: "tenant.created", subjectId: id, after: { name, slug } },
    ]);
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
    expect((await storedTenant(api, desk.tenant.id)).plan).toBe("DEV");
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
    expect(await storedTenant(api, id)).toMatchObject({ name: "Renamed", plan: "PRO", status: "SUSPENDED" });
    expect(await readAudit(api, { tenantId: id })).toMatchObject([
      { action: "tenant.changed", subjectId: id, before: { name, plan: "dev", status: "active" }, after: change },
    ]);
  });

  test("changes only what is given, and writes nothing down where nothing changes", async () => {
    const { id, name } = desk.tenant;
    expect((await platform.patch(`/tenants/${id}`, { plan: "DEV", name })).body.data).toMatchObject({ plan: "dev" });
    expect(await readAudit(api, { tenantId: id })).toEqual([]);
    await platform.patch(`/tenants/${id}`, { plan: "starter" });
    expect(await readAudit(api, { tenantId: id })).toMatchObject([
      { before: { plan: "dev" }, after: { plan: "starter" } },
    ]);
    expect(await storedTenant(api, id)).toMatchObject({ name, status: "ACTIVE" });
  });

  test("knows no company with a made-up id, and no other fields", async () => {
    expect((await platform.patch(`/tenants/${newId()}`, { plan: "pro" })).status).toBe(404);
    expect((await platform.patch(`/tenants/${desk.tenant.id}`, { slug: "mine" })).status).toBe(400);
    expect((await platform.patch("/tenants/mine", { plan: "pro" })).status).toBe(400);
  });
});
