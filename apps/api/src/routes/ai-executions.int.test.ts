import { newId } from "@parley/runtime";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let seq = 0;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(() => {
  seq = 0;
});

type Given = Partial<Record<"ruleId" | "ticketId" | "conversationId", string>> & {
  outcome?: "SKIPPED" | "FAILED" | "SUCCESS" | "SUGGESTED";
};

async function seed(given: Given = {}, more: object = {}): Promise<string> {
  const id = newId();
  seq += 1;
  const { outcome = "SKIPPED", ruleId = newId(), ...place } = given;
  const row = {
    tenantId: desk.tenant.id,
    id,
    ruleId,
    version: 1,
    eventSeq: BigInt(seq),
    trigger: "TICKET_OPENED" as const,
  };
  await api.context.database.withSystem((tx) =>
    tx.aiRuleExecution.create({ data: { ...row, outcome, ...place, ...more } }),
  );
  return id;
}

/** Rules that an event asked in vain, each with its reason; as the worker writes them. Returns their ids, in their order. */
async function seedSkips(
  rules: readonly string[],
  place: Given = {},
  details: (string | number)[][] = rules.map((_rule, index) => [index + 1, `reason_${index}`]),
): Promise<string[]> {
  seq += 1;
  const skipsId = `${newId().slice(0, -4)}0000`;
  const { ticketId = null, conversationId = null } = place;
  await api.context.database.withSystem((tx) =>
    tx.aiSkippedRules.create({
      data: {
        tenantId: desk.tenant.id,
        id: skipsId,
        eventSeq: BigInt(seq),
        trigger: "TICKET_OPENED",
        ruleIds: [...rules],
        details,
        ticketId,
        conversationId,
      },
    }),
  );
  return rules.map((_rule, index) => `${skipsId.slice(0, -4)}${String(index + 1).padStart(4, "0")}`);
}

const idsOf = async (query: string): Promise<string[]> =>
  (await desk.client.get(`/ai/executions?${query}`)).body.data.map(({ id }: { id: string }) => id);

const show = async (id: string) => (await desk.typed().get("/ai/executions/{id}", { path: { id } })).data;

test("executions are listed newest first, a page at a time, while others are added", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await seed());
  const read = await readAll(desk.client, "/ai/executions?limit=2", () => seed());
  expect(read.map(({ id }) => id)).toEqual(ids.toReversed());
});

test("rules that were skipped together are listed one by one among the others, a page at a time", async () => {
  const [first, second] = [newId(), newId()];
  const ids = [
    ...(await seedSkips([first, second, newId()])),
    await seed({ outcome: "SUCCESS" }),
    ...(await seedSkips([second])),
    ...(await seedSkips([second, first])),
    await seed(),
  ];
  expect(await idsOf("limit=100")).toEqual(ids.toReversed());
  for (const limit of [1, 2, 3, 7]) {
    const before = await idsOf("limit=100");
    const read = await readAll(desk.client, `/ai/executions?limit=${limit}`, () => seedSkips([newId()]));
    expect(read.map(({ id }) => id)).toEqual(before);
  }
});

test("rules that were skipped together are found by rule, ticket, conversation and outcome", async () => {
  const [rule, ticket, conversation] = [newId(), newId(), newId()];
  const [byRule] = await seedSkips([rule, newId()]);
  const byTicket = await seedSkips([newId(), newId()], { ticketId: ticket });
  const [other, all] = await seedSkips([newId(), rule], { ticketId: ticket, conversationId: conversation });
  const acted = await seed({ ruleId: rule, ticketId: ticket, outcome: "SUCCESS" });
  expect(await idsOf(`ruleId=${rule}`)).toEqual([acted, all, byRule]);
  expect(await idsOf(`ruleId=${rule}&outcome=skipped`)).toEqual([all, byRule]);
  expect(await idsOf(`ticketId=${ticket}`)).toEqual([acted, all, other, ...byTicket.toReversed()]);
  expect(await idsOf(`conversationId=${conversation}`)).toEqual([all, other]);
  expect(await idsOf(`conversationId=${conversation}&ruleId=${rule}`)).toEqual([all]);
  expect(await idsOf("outcome=success")).toEqual([acted]);
});

test("executions are found by rule, ticket, conversation and outcome, and by all of them", async () => {
  const [rule, ticket, conversation] = [newId(), newId(), newId()];
  const byRule = await seed({ ruleId: rule });
  const byTicket = await seed({ ticketId: ticket, outcome: "FAILED" });
  const byConversation = await seed({ conversationId: conversation, outcome: "SUGGESTED" });
  const all = await seed({ ruleId: rule, ticketId: ticket, conversationId: conversation, outcome: "SUCCESS" });
  expect(await idsOf(`ruleId=${rule}`)).toEqual([all, byRule]);
  expect(await idsOf(`ticketId=${ticket}`)).toEqual([all, byTicket]);
  expect(await idsOf(`conversationId=${conversation}`)).toEqual([all, byConversation]);
  expect(await idsOf("outcome=skipped")).toEqual([byRule]);
  expect(await idsOf("outcome=FAILED")).toEqual([byTicket]);
  expect(await idsOf(`ruleId=${rule}&outcome=success`)).toEqual([all]);
  expect(await idsOf(`ruleId=${rule}&outcome=failed`)).toEqual([]);
});

test("an execution says why it was skipped, or why it failed, and what each action did", async () => {
  const failing = { path: "all.0", field: "ticket.priority", operator: "equals", expected: "high", actual: "low" };
  const skipped = await seed({}, { reason: "condition", failing });
  const personal = { path: "", field: "message.text", operator: "contains", expected: "refund" };
  const unshown = await seed({}, { reason: "condition", failing: personal });
  expect((await show(unshown)).failing).toEqual(personal);
  const error = { code: "conflict", message: "Action 1, snooze: no" };
  const failed = await seed({ outcome: "FAILED" }, { error, depth: 2 });
  const done = await seed({ outcome: "SUCCESS" });
  await api.context.database.withSystem((tx) =>
    tx.aiActionReceipt.createMany({
      data: [1, 0].map((position) => ({
        tenantId: desk.tenant.id,
        executionId: done,
        position,
        type: "add_tags",
        effect: { to: [`tag ${position}`] },
      })),
    }),
  );
  expect(await show(skipped)).toMatchObject({
    outcome: "skipped",
    reason: "condition",
    failing,
    error: null,
    receipts: [],
  });
  expect(await show(failed)).toMatchObject({ outcome: "failed", reason: null, error, depth: 2, eventId: "3" });
  const [, together = ""] = await seedSkips([newId(), newId()]);
  expect(await show(together)).toMatchObject({
    id: together,
    trigger: "ticket_opened",
    outcome: "skipped",
    version: 2,
    reason: "reason_1",
    failing: null,
    receipts: [],
  });
  expect((await desk.client.get(`/ai/executions/${together.slice(0, -4)}0003`)).status).toBe(404);
  expect((await show(done)).receipts).toMatchObject([
    { position: 0, type: "add_tags", effect: { to: ["tag 0"] } },
    { position: 1, type: "add_tags", effect: { to: ["tag 1"] } },
  ]);
});

test("a rule that was skipped together with others says what it compared and saw, also once it is deleted", async () => {
  const { body } = await desk.admin.post("/ai/rules", {
    name: "Urgent parcels",
    trigger: "ticket_opened",
    executionMode: "auto_execute",
    conditions: { all: [{ field: "ticket.priority", operator: "equals", value: "urgent" }] },
    actions: [{ type: "add_tags", tags: ["urgent"] }],
  });
  const ruleId: string = body.data.id;
  await seedSkips([newId(), ruleId], {}, [
    [1, "condition", "all.0", "low"],
    [1, "condition", "all.0", "low"],
  ]);
  const failing = { path: "all.0", field: "ticket.priority", operator: "equals", expected: "urgent", actual: "low" };
  const read = async () => (await desk.client.get(`/ai/executions?ruleId=${ruleId}`)).body.data;
  expect(await read()).toMatchObject([{ version: 1, reason: "condition", failing }]);
  expect((await desk.admin.delete(`/ai/rules/${ruleId}`)).status).toBe(204);
  expect(await read()).toMatchObject([{ version: 1, reason: "condition", failing }]);
  // What is not known is not made up.
  expect(await idsOf("outcome=skipped")).toHaveLength(2);
});

test("another company's executions are nobody's", async () => {
  const ruleId = newId();
  const id = await seed({ ruleId });
  const [skip] = await seedSkips([ruleId]);
  const { client } = await openDesk(api);
  for (const each of [id, skip]) expect((await client.get(`/ai/executions/${each}`)).status).toBe(404);
  expect((await client.get(`/ai/executions?ruleId=${ruleId}`)).body.data).toEqual([]);
});
