import { translate } from "@parley/models";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readAiSettings, sealApiKey } from "./ai-settings.ts";
import { askModel, type ModelAnswer } from "./ask-model.ts";
import { MOST_ANSWERS } from "./model-access.ts";
import { openModelDesk, type ModelDesk } from "./models.fixture.ts";

let desk: ModelDesk;
let tenantId: string;

beforeAll(async () => {
  desk = await openModelDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  desk.simulator.reset();
  tenantId = (await buildTenant(desk.ctx)).id;
  await desk.configure(tenantId);
});

async function ask(text = "Where is my order?"): Promise<ModelAnswer<{ translation: string }>> {
  const { ctx } = desk;
  const settings = await ctx.database.withTenant(tenantId, (tx) => readAiSettings(tx, tenantId));
  return askModel(ctx, settings, { task: "translate" }, (client, options) =>
    translate(client, { text, targetLanguage: "fr" }, options),
  );
}

const calls = () => desk.ctx.database.withTenant(tenantId, (tx) => tx.aiModelCall.findMany({ orderBy: { id: "asc" } }));
const spent = async () => {
  const [month] = await desk.ctx.database.withTenant(tenantId, (tx) => tx.aiSpend.findMany());
  return month && { spentMicros: month.spentMicros, reservedMicros: month.reservedMicros };
};

describe("a question to a model", () => {
  test("is answered, and stands in the ledger with what it cost and nothing of what was said", async () => {
    expect(await ask()).toEqual({
      value: expect.objectContaining({ translation: "[fr] Where is my order?" }),
      model: "simulated",
    });
    const [call] = await calls();
    expect(call).toMatchObject({
      task: "translate",
      outcome: "SUCCESS",
      errorKind: null,
      attempts: 1,
      model: "simulated",
    });
    const { inputTokens = 0, outputTokens = 0, costMicros = 0n, reservedMicros = 0n } = call ?? {};
    expect(inputTokens).toBeGreaterThan(50);
    expect(costMicros).toBe(BigInt(inputTokens + 2 * outputTokens));
    expect(reservedMicros).toBeGreaterThan(costMicros);
    expect(await spent()).toEqual({ spentMicros: costMicros, reservedMicros: 0n });
    expect(
      JSON.stringify(call, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ).not.toContain("order");
  });

  test.each([
    [{ status429: 1, retryAfterSeconds: 0 }, "rate_limited"],
    [{ status500: 1 }, "unavailable"],
    [{ malformed: 1 }, "malformed"],
    [{ refusing: 1 }, "refused"],
    [{ hang: 1 }, "timeout"],
    [{ slow: 1, slowMs: 5_000 }, "timeout"],
  ] as const)(
    "of which %j befalls it fails as %s, and costs what tokens were used, or its share if nobody says",
    async (faults, kind) => {
      desk.simulator.models.setFaults(faults);
      expect(await ask()).toEqual({ failed: kind });
      const [call] = await calls();
      expect(call).toMatchObject({ outcome: "FAILED", errorKind: kind });
      expect(call?.attempts).toBeGreaterThan(0);
      expect(await spent()).toEqual({ spentMicros: call?.costMicros, reservedMicros: 0n });
      const share = (call?.reservedMicros ?? 0n) / BigInt(MOST_ANSWERS);
      expect(share).toBeGreaterThan(0n);
      if (kind === "timeout") expect(call?.costMicros).toBe(share);
      else expect(call?.costMicros === 0n).toBe(!["malformed", "refused"].includes(kind));
    },
  );

  test("that went wrong once is answered the second time, and both attempts are counted", async () => {
    desk.simulator.models.setScript({ answers: [{ fault: "malformed", times: 1 }] });
    expect(await ask()).toHaveProperty("value");
    expect(await calls()).toMatchObject([{ outcome: "SUCCESS", attempts: 2 }]);
    const { calls: asked } = desk.simulator.models.ledger;
    const tokens = asked.map(({ usage }) => usage?.inputTokens ?? 0).reduce((sum, count) => sum + count, 0);
    expect((await calls())[0]?.inputTokens).toBe(tokens);
  });

  test("is not asked for a tenant without a model, and leaves no trace", async () => {
    await desk.configure(tenantId, { provider: null });
    expect(await ask()).toEqual({ failed: "no_model" });
    expect(await calls()).toEqual([]);
  });

  test("is not asked beyond the budget, and the ledger says so", async () => {
    await desk.configure(tenantId, { monthlyBudgetMicros: 500n });
    expect(await ask()).toEqual({ failed: "no_budget" });
    expect(await calls()).toMatchObject([{ outcome: "REFUSED", errorKind: "no_budget", costMicros: 0n }]);
    expect(desk.simulator.models.ledger.calls).toEqual([]);
  });

  test("never costs more than was reserved, so a hundred at once do not exceed the budget", async () => {
    const monthlyBudgetMicros = 60_000n;
    await desk.configure(tenantId, { monthlyBudgetMicros });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask("word ".repeat(40))));
    const answered = answers.filter((answer) => "value" in answer).length;
    const { spentMicros = 0n, reservedMicros } = (await spent()) ?? {};
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(100);
    expect(answers.filter((answer) => "failed" in answer && answer.failed !== "no_budget")).toEqual([]);
    expect(spentMicros).toBeLessThanOrEqual(monthlyBudgetMicros);
    expect(reservedMicros).toBe(0n);
    for (const call of await calls()) expect(call.costMicros).toBeLessThanOrEqual(call.reservedMicros);
  });

  test("is not repeated beyond the budget where it always times out", async () => {
    desk.simulator.models.setFaults({ hang: 1 });
    await ask();
    const [first] = await calls();
    await desk.configure(tenantId, { monthlyBudgetMicros: (first?.reservedMicros ?? 0n) + 1n });
    expect(await ask()).toEqual({ failed: "no_budget" });
  });

  test("is not asked where the model keeps failing, until the settings change", async () => {
    desk.simulator.models.setFaults({ status500: 1 });
    for (let round = 0; round < 4; round += 1) await ask();
    expect(await ask()).toEqual({ failed: "circuit_open" });
    expect((await calls()).at(-1)).toMatchObject({ outcome: "REFUSED", errorKind: "circuit_open", attempts: 0 });
    desk.simulator.models.setFaults({});
    await desk.configure(tenantId);
    expect(await ask()).toHaveProperty("value");
  });

  test("is asked with the tenant's own key, which of another tenant cannot be read", async () => {
    const theirs = (await buildTenant(desk.ctx)).id;
    await desk.configure(tenantId, { sealedApiKey: sealApiKey(desk.ctx.keyring, theirs, "key") });
    expect(await ask()).toEqual({ failed: "key_unreadable" });
  });

  test("masks what is personal, unless the tenant says otherwise", async () => {
    const text = "Write to ada@example.com";
    const said = () => JSON.stringify(desk.simulator.models.ledger.calls.map(({ body }) => body));
    expect(await ask(text)).toMatchObject({ value: { translation: "[fr] Write to ada@example.com" } });
    expect(said()).not.toContain("ada@example.com");
    await desk.configure(tenantId, { masksPersonalData: false });
    await ask(text);
    expect(said()).toContain("ada@example.com");
  });

  test("is not sent to a private address that nobody has allowed", async () => {
    await desk.configure(tenantId, { baseUrl: `http://localhost:${desk.simulator.port}/openai/v1` });
    expect(await ask()).toHaveProperty("failed");
    await desk.configure(tenantId, { baseUrl: "http://169.254.169.254/v1" });
    expect(await ask()).toHaveProperty("failed");
    expect(desk.simulator.models.ledger.calls).toEqual([]);
  });
});
