import { createTestContext, actingAs, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildFacts } from "../rule-conditions/condition.fixture.ts";
import { startPace } from "./pace.ts";
import { showResults, type Trial } from "./show-results.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

test("results are shown as long as there is time, and what would take longer is left out", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const facts = buildFacts();
  const trials = Array.from({ length: 10 }, (): Trial => {
    const place = { tenantId, contactId: null, conversationId: null, ticketId: facts.ticket.id, messageId: null };
    const event = {
      ...place,
      type: "RULE_DUE",
      actorType: "SYSTEM",
      data: {},
      changes: null,
      values: null,
      cause: null,
    } as const;
    return { event: { ...event, seq: newId(), createdAt: facts.now }, facts, isTriggered: true, fires: false };
  });
  let now = 0;
  // Each explanation takes a second.
  const explain = () => {
    now += 1_000;
    return [];
  };
  const request = actingAs(ctx, { userId: newId(), tenantId, role: "MANAGER" });
  const shown = await ctx.database.withTenant(tenantId, (tx) =>
    showResults(request, tx, { tenantId, actions: [], explain }, trials, {
      pace: startPace(() => now),
      untilMs: 2_500,
    }),
  );
  expect(shown).toHaveLength(3);
});
