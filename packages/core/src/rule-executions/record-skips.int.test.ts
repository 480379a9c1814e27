import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RuleEvent } from "../rule-events/index.ts";
import { findKnownOfRules, findKnownOutcomes } from "./find-known.ts";
import { recordExecutions } from "./record-executions.ts";
import { recordSkips, type Skip, type SkipsOfEvent } from "./record-skips.ts";

let ctx: TestContext;
let tenantId: string;

beforeAll(async () => {
  ctx = await createTestContext();
});
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
});
afterAll(() => ctx.close());

const eventOf = (seq: number): RuleEvent => ({
  tenantId,
  seq: String(seq),
  type: "MESSAGE_RECEIVED",
  actorType: "CUSTOMER",
  createdAt: ctx.clock.now(),
  data: {},
  cause: null,
  changes: null,
  values: null,
  contactId: null,
  conversationId: newId(),
  ticketId: newId(),
  messageId: newId(),
});

const skip = (id: string, reason = "condition", trigger: Skip["rule"]["trigger"] = "INCOMING_MESSAGE"): Skip => ({
  rule: { id, version: 1, trigger },
  reason,
});

const record = (skips: readonly SkipsOfEvent[]) => recordSkips(ctx.database.system, skips, ctx.clock.now());

const reasonOf = (details: unknown, index: number) => (details as [number, string][])[index]?.[1] ?? "none";

/** What is there, by trigger: the rules in their order, with the reason of each. */
async function recorded(event: RuleEvent): Promise<Record<string, string[]>> {
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.aiSkippedRules.findMany({ where: { tenantId, eventSeq: BigInt(event.seq) } }),
  );
  return Object.fromEntries(
    rows.map(({ trigger, ruleIds, details }) => [
      trigger,
      ruleIds.map((id, index) => `${id} ${reasonOf(details, index)}`),
    ]),
  );
}

test("what an event asked in vain is a row for each trigger, and the same again is none", async () => {
  const event = eventOf(1);
  const [one, two, three] = [newId(), newId(), newId()];
  const skips = [skip(one), skip(two, "own_doing"), skip(three, "condition", "ORDER_ISSUE")];
  await record([{ event, skips }]);
  await record([
    { event, skips },
    { event, skips },
  ]);
  expect(await recorded(event)).toEqual({
    INCOMING_MESSAGE: [`${one} condition`, `${two} own_doing`],
    ORDER_ISSUE: [`${three} condition`],
  });
});

test("rules that are asked later are added behind those that were, which stay as they are", async () => {
  const event = eventOf(1);
  const [one, two, three] = [newId(), newId(), newId()];
  await record([{ event, skips: [skip(two)] }]);
  await record([{ event, skips: [skip(one), skip(two, "stopped_by_rule"), skip(three)] }]);
  expect(await recorded(event)).toEqual({
    INCOMING_MESSAGE: [`${two} condition`, `${one} condition`, `${three} condition`],
  });
});

test("whoever records the same events at the same time, in whatever order, records each rule once", async () => {
  const events = Array.from({ length: 20 }, (_empty, index) => eventOf(index + 1));
  const rules = Array.from({ length: 10 }, newId);
  const all = events.map((event) => ({ event, skips: rules.map((id) => skip(id)) }));
  await Promise.all([
    record(all),
    record(all.toReversed()),
    record(all.map(({ event, skips }) => ({ event, skips: skips.slice(0, 5) }))),
    record(all.map(({ event, skips }) => ({ event, skips: skips.slice(3) }))),
  ]);
  for (const event of events) {
    const { INCOMING_MESSAGE: found = [] } = await recorded(event);
    expect(found.toSorted()).toEqual(rules.map((id) => `${id} condition`).toSorted());
  }
});

test("what is known of an event is what was skipped, and what acted goes before it", async () => {
  const [event, other] = [eventOf(1), eventOf(2)];
  const [vain, acted] = [newId(), newId()];
  await record([{ event, skips: [skip(vain), skip(acted)] }]);
  const { system } = ctx.database;
  const rule = { id: acted, version: 1, trigger: "INCOMING_MESSAGE" as const };
  await recordExecutions(system, [{ id: newId(), event, rule, outcome: "SUCCESS" }], ctx.clock.now());
  const outcomes = new Map([
    [vain, "SKIPPED"],
    [acted, "SUCCESS"],
  ]);
  expect(await findKnownOutcomes(system, [event, other])).toEqual(new Map([["1", outcomes]]));
  expect(
    await findKnownOfRules(system, [
      { event, rule },
      { event: other, rule },
    ]),
  ).toEqual(new Map([["1", new Map([[acted, "SUCCESS"]])]]));
});
