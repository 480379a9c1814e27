import { newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { openDesk, type Client, type Desk } from "./desk.fixture.ts";

const KEY = "sk-very-secret-0123456789";
const MODEL = { provider: "openai_compatible", baseUrl: "https://models.example/v1", model: "small-1" };

let api: TestApi;
let desk: Desk;
let admin: Client;
let manager: Client;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  desk = await openDesk(api);
  admin = desk.as({ role: "ADMIN" });
  manager = desk.as({ role: "MANAGER" });
});

const change = (body: object) => admin.patch("/ai/settings", body);
const settings = async () => (await manager.get("/ai/settings")).body.data;
const auditOf = async () => (await admin.get("/audit-log?action=ai_settings.changed")).body.data;
const revision = () =>
  api.context.database.withTenant(desk.tenant.id, (tx) =>
    tx.aiRuleRevision.findUnique({ where: { tenantId: desk.tenant.id } }),
  );

describe("settings", () => {
  test("are the defaults while nobody has changed any, and the same as those of the database", async () => {
    const defaults = await settings();
    expect(defaults).toMatchObject({
      understanding: "local",
      provider: null,
      monthlyBudget: null,
      inputPrice: "0",
      leastConfidence: 0.6,
      handOffTeamId: null,
      version: 1,
      updatedAt: null,
    });
    await api.context.database.withSystem((tx) => tx.aiSettings.create({ data: { tenantId: desk.tenant.id } }));
    expect({ ...(await settings()), updatedAt: null }).toEqual(defaults);
  });

  test("are changed as far as they are named, with money as decimals, and make a version", async () => {
    const money = { monthlyBudget: "12.50", inputPrice: "0.15", outputPrice: "0.6" };
    const { status, body } = await change({ ...MODEL, apiKey: KEY, ...money });
    expect([status, body.data]).toMatchObject([
      200,
      { ...MODEL, hasApiKey: true, monthlyBudget: "12.5", inputPrice: "0.15", version: 2, temperature: 0.2 },
    ]);
    await change({ temperature: 0.7, handOffIntents: ["complaint", "cancellation", "complaint"], monthlyBudget: null });
    expect(await settings()).toMatchObject({
      ...MODEL,
      temperature: 0.7,
      handOffIntents: ["cancellation", "complaint"],
      monthlyBudget: null,
      inputPrice: "0.15",
      version: 3,
    });
  });

  test("make no version of what is so already", async () => {
    await change({ mostTurns: 7 });
    await change({ mostTurns: 7, understanding: "local", handOffIntents: [] });
    expect(await settings()).toMatchObject({ mostTurns: 7, version: 2 });
    expect(await auditOf()).toHaveLength(1);
  });

  test("are changed only at the version that is named, and not by two at the same time", async () => {
    const answers = await Promise.all([1, 2, 3].map((mostTurns) => change({ mostTurns: mostTurns + 10, version: 1 })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await settings()).toMatchObject({ version: 2 });
  });

  test("tell workers to forget what they remember", async () => {
    expect(await revision()).toBeNull();
    await change({ mostTurns: 7 });
    const first = await revision();
    await change({ mostTurns: 8 });
    const second = await revision();
    expect([first?.revision, second?.revision]).toEqual([1n, 2n]);
    expect((second?.txid ?? 0n) > (first?.txid ?? 0n)).toBe(true);
  });
});

describe("the key of a model", () => {
  beforeEach(async () => {
    await change({ ...MODEL, apiKey: KEY });
  });

  test("is shown nowhere: not in answers, not in the audit log, not in the database", async () => {
    const rows = await api.context.database.withSystem(
      (tx) => tx.$queryRaw<{ text: string }[]>`
        select s::text as text from ai_settings s union all select a::text from audit_log a`,
    );
    const said = JSON.stringify([await settings(), await auditOf(), rows]);
    expect(said).toContain("hasApiKey");
    expect(said).not.toContain(KEY);
    expect(await auditOf()).toMatchObject([{ after: { hasApiKey: true, sealedFields: ["apiKey"] } }]);
  });

  test("does not go to another server than the one that it was given for", async () => {
    for (const elsewhere of [{ baseUrl: "https://evil.example/v1" }, { baseUrl: null }, { provider: "google" }]) {
      const { status, body } = await change(elsewhere);
      expect([status, body.errors]).toEqual([
        400,
        [{ path: "apiKey", message: expect.stringContaining("given again") }],
      ]);
    }
    expect((await change({ baseUrl: "https://models.example/v2" })).status).toBe(200);
    expect((await change({ baseUrl: "https://other.example/v1", apiKey: "another" })).status).toBe(200);
    expect((await change({ baseUrl: "https://third.example/v1", apiKey: null })).body.data.hasApiKey).toBe(false);
  });
});

describe("settings are refused", () => {
  test.each([
    ["http://127.0.0.1.nip.example@10.0.0.1/v1"],
    ["http://10.0.0.1/v1"],
    ["http://localhost/v1"],
    ["http://[::1]/v1"],
    ["http://169.254.169.254/latest"],
    ["ftp://models.example/v1"],
    ["https://models.example/v1?key=1"],
    ["nonsense"],
  ])("with the base URL %s", async (baseUrl) => {
    const { status, body } = await change({ ...MODEL, baseUrl });
    expect([status, body.code, body.errors[0].path]).toEqual([400, "validation_failed", "baseUrl"]);
  });

  test.each([
    [{ provider: "google", apiKey: "k" }, "model"],
    [{ provider: "google", model: "m" }, "apiKey"],
    [{ understanding: "model" }, "understanding"],
    [{ debounceSeconds: 60 }, "longestBurstSeconds"],
    [{ handOffTeamId: newId() }, "handOffTeamId"],
    [{ handOffIntents: ["everything"] }, "handOffIntents.0"],
    [{ ...MODEL, apiKey: "k", monthlyBudget: "5", inputPrice: "0.15" }, "outputPrice"],
    [{ monthlyBudget: "-1" }, "monthlyBudget"],
    [{ monthlyBudget: 5 }, "monthlyBudget"],
    [{ inputPrice: "0.0000001" }, "inputPrice"],
    [{ leastConfidence: 2 }, "leastConfidence"],
    [{ apiKey: "with space" }, "apiKey"],
  ])("as %j", async (body, path) => {
    const answer = await change(body);
    expect([answer.status, answer.body.errors.map((each: { path: string }) => each.path)]).toEqual([400, [path]]);
    expect(await settings()).toMatchObject({ version: 1 });
  });

  test("to managers, and shown to nobody below", async () => {
    expect((await manager.patch("/ai/settings", { mostTurns: 1 })).status).toBe(403);
    expect((await desk.client.get("/ai/settings")).status).toBe(403);
    expect((await desk.client.get("/ai/spend")).status).toBe(403);
  });
});

test("a team that is deleted is given nothing any more", async () => {
  const { body } = await manager.post("/teams", { name: "People" });
  await change({ handOffTeamId: body.data.id, mostTurns: 7 });
  expect((await manager.delete(`/teams/${body.data.id}`)).status).toBe(204);
  expect(await settings()).toMatchObject({ handOffTeamId: null, mostTurns: 7, version: 3 });
  expect((await revision())?.revision).toBe(2n);
});

test("a team that is deleted in the same moment is waited for", async () => {
  for (let round = 0; round < 5; round += 1) {
    const { body } = await manager.post("/teams", { name: `Team ${round}` });
    const handOffTeamId = body.data.id;
    const [changed, deleted] = await Promise.all([
      change({ handOffTeamId }),
      manager.delete(`/teams/${handOffTeamId}`),
    ]);
    expect([200, 400]).toContain(changed.status);
    expect(deleted.status).toBe(204);
    expect(await settings()).toMatchObject({ handOffTeamId: null });
  }
});

describe("what models cost", () => {
  test("is this month's and that of those before", async () => {
    const { tenant } = desk;
    const month = api.context.clock.now().toISOString().slice(0, 7);
    await api.context.database.withSystem(async (tx) => {
      await tx.aiSpend.createMany({
        data: [
          { tenantId: tenant.id, month: new Date(`${month}-01`), spentMicros: 2_500_000n, reservedMicros: 1_000_000n },
          { tenantId: tenant.id, month: new Date("2020-02-01"), spentMicros: 7n },
        ],
      });
    });
    expect((await manager.get("/ai/spend")).body.data).toEqual({
      month,
      spent: "2.5",
      reserved: "1",
      budget: null,
      left: null,
      earlier: [{ month: "2020-02", spent: "0.000007" }],
    });
    await change({ monthlyBudget: "10" });
    expect((await manager.get("/ai/spend")).body.data).toMatchObject({ budget: "10", left: "6.5" });
    await change({ monthlyBudget: "1" });
    expect((await manager.get("/ai/spend")).body.data).toMatchObject({ left: "0" });
  });

  test("is listed call by call, newest first, by task and outcome", async () => {
    const { tenant } = desk;
    const calls = (["SUCCESS", "FAILED", "REFUSED"] as const).map((outcome, index) => ({
      tenantId: tenant.id,
      id: newId(),
      task: index === 0 ? "translate" : "suggest_reply",
      provider: "GOOGLE" as const,
      model: "small-1",
      outcome,
      costMicros: 180n,
      month: new Date("2026-01-01"),
    }));
    await api.context.database.withSystem((tx) => tx.aiModelCall.createMany({ data: calls }));
    const idsOf = async (query: string) =>
      (await manager.get(`/ai/calls${query}`)).body.data.map(({ id }: { id: string }) => id);
    const ids = calls.map(({ id }) => id).toReversed();
    expect(await idsOf("")).toEqual(ids);
    expect(await idsOf("?task=translate")).toEqual([ids[2]]);
    expect(await idsOf("?outcome=failed")).toEqual([ids[1]]);
    expect((await manager.get("/ai/calls?limit=1")).body.data).toMatchObject([
      { outcome: "refused", provider: "google", cost: "0.00018" },
    ]);
  });
});
