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

const idsOf = async (query: string): Promise<string[]> =>
  (await desk.client.get(`/ai/executions?${query}`)).body.data.map(({ id }: { id: string }) => id);

const show = async (id: string) => (await desk.typed().get("/ai/executions/{id}", { path: { id } })).data;

test("executions are listed newest first, a page at a time, while others are added", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await seed());
  const read = await readAll(desk.client, "/ai/executions?limit=2", () => seed());
  expect(read.map(({ id }) => id)).toEqual(ids.toReversed());
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
  expect(await show(failed)).toMatchObject({ outcome: "failed", reason: null, error, depth: 2, eventId: "2" });
  expect((await show(done)).receipts).toMatchObject([
    { position: 0, type: "add_tags", effect: { to: ["tag 0"] } },
    { position: 1, type: "add_tags", effect: { to: ["tag 1"] } },
  ]);
});

test("another company's executions are nobody's", async () => {
  const ruleId = newId();
  const id = await seed({ ruleId });
  const { client } = await openDesk(api);
  expect((await client.get(`/ai/executions/${id}`)).status).toBe(404);
  expect((await client.get(`/ai/executions?ruleId=${ruleId}`)).body.data).toEqual([]);
});
