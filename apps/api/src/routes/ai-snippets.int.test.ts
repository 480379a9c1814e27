import { newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { openDesk, type Client, type Desk } from "./desk.fixture.ts";

const RETURNS = { title: "Returns", body: "Send it back within 30 days.", language: "en" };

let api: TestApi;
let desk: Desk;
let manager: Client;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  desk = await openDesk(api);
  manager = desk.as({ role: "MANAGER" });
});

async function write(snippet: object = {}): Promise<string> {
  const { status, body } = await manager.post("/ai/snippets", { ...RETURNS, ...snippet });
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.data.id;
}

const idsOf = async (query: string) =>
  (await desk.client.get(`/ai/snippets${query}`)).body.data.map(({ id }: { id: string }) => id);

test("snippets are written, shown, changed and deleted, and the audit log tells", async () => {
  const id = await write({ tags: ["returns", "returns"], language: " EN " });
  expect((await desk.client.get(`/ai/snippets/${id}`)).body.data).toMatchObject({
    ...RETURNS,
    isActive: true,
    tags: ["returns"],
  });
  const changed = await manager.patch(`/ai/snippets/${id}`, { body: "Send it back within 60 days.", isActive: false });
  expect(changed.body.data).toMatchObject({ title: "Returns", body: "Send it back within 60 days.", isActive: false });
  expect((await manager.delete(`/ai/snippets/${id}`)).status).toBe(204);
  expect((await desk.client.get(`/ai/snippets/${id}`)).status).toBe(404);
  const { body } = await desk.admin.get("/audit-log?subjectType=snippet");
  expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
    "snippet.deleted",
    "snippet.changed",
    "snippet.created",
  ]);
});

test("they are listed newest first, and found by text, language, tag and whether they are active", async () => {
  const returns = await write({ tags: ["returns"] });
  const french = await write({ title: "Retours", body: "30 jours, 100 %", language: "fr" });
  const old = await write({ title: "Old", isActive: false });
  expect(await idsOf("")).toEqual([old, french, returns]);
  expect(await idsOf("?search=within")).toEqual([old, returns]);
  expect(await idsOf("?search=100%20%25")).toEqual([french]);
  expect(await idsOf("?language=fr")).toEqual([french]);
  expect(await idsOf("?tag=returns")).toEqual([returns]);
  expect(await idsOf("?isActive=false")).toEqual([old]);
  const first = await desk.client.get("/ai/snippets?limit=2");
  expect(await idsOf(`?limit=2&cursor=${first.body.page.nextCursor}`)).toEqual([returns]);
});

test("a question finds what answers to it would rest on, also after it was changed", async () => {
  const id = await write();
  const search = async (q: string) =>
    (await desk.client.get(`/ai/snippets/search?q=${encodeURIComponent(q)}`)).body.data;
  expect(await search("How do I send things back?")).toMatchObject([{ id, title: "Returns" }]);
  expect(await search("Do you sell lamps?")).toEqual([]);
  await manager.patch(`/ai/snippets/${id}`, { body: "We sell lamps." });
  expect(await search("Do you sell lamps?")).toMatchObject([{ id }]);
  expect((await desk.client.get("/ai/snippets/search")).status).toBe(400);
});

test("a company has two thousand of them at most, whoever writes at the same time", async () => {
  await api.context.database.withSystem(
    (tx) => tx.$executeRaw`
      insert into knowledge_snippet (tenant_id, id, title, body, language)
      select ${desk.tenant.id}::uuid, gen_random_uuid(), 'Title', 'Body', 'en' from generate_series(1, 1999)`,
  );
  const answers = await Promise.all([1, 2, 3].map(() => manager.post("/ai/snippets", RETURNS)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
});

test.each([{ title: "" }, { body: " " }, { body: "x".repeat(4_001) }, { language: "english" }, { language: null }])(
  "none is written with %j",
  async (fault) => {
    expect((await manager.post("/ai/snippets", { ...RETURNS, ...fault })).status).toBe(400);
  },
);

test("agents read them, and managers write them", async () => {
  const id = await write();
  expect((await desk.client.post("/ai/snippets", RETURNS)).status).toBe(403);
  expect((await desk.client.patch(`/ai/snippets/${id}`, { title: "Mine" })).status).toBe(403);
  expect((await desk.client.delete(`/ai/snippets/${id}`)).status).toBe(403);
});

test("another company's are nobody's", async () => {
  const id = await write();
  const theirs = (await openDesk(api)).as({ role: "MANAGER" });
  for (const each of [id, newId()]) {
    expect((await theirs.get(`/ai/snippets/${each}`)).status).toBe(404);
    expect((await theirs.patch(`/ai/snippets/${each}`, { title: "Mine" })).status).toBe(404);
    expect((await theirs.delete(`/ai/snippets/${each}`)).status).toBe(404);
  }
  expect((await theirs.get("/ai/snippets/search?q=back")).body.data).toEqual([]);
});
