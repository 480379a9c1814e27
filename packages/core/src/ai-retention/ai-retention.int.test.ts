import { createTestContext, type TestContext } from "@parley/queue/testing";
import { createArrivalIds } from "@parley/runtime";
import { buildConversation, buildTenant, buildTicket, virtualClock, type BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { forgetDecidedDrafts } from "./forget-decided-drafts.ts";
import { forgetHandledEvents } from "./forget-handled-events.ts";
import { forgetOldCalls } from "./forget-old-calls.ts";
import { forgetOldValues } from "./forget-old-values.ts";

const DAY_MS = 86_400_000;

let ctx: TestContext;
let tenantId: string;
let conversation: BuiltConversation;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  conversation = await buildConversation(ctx, { tenantId });
});

const ago = (days: number): Date => new Date(ctx.clock.now().getTime() - days * DAY_MS);
const madeAt = (createdAt: Date) => ({ tenantId, id: createArrivalIds(virtualClock(createdAt))(), createdAt });

interface Seeded {
  made: number;
  state: "PENDING" | "ACCEPTED" | "SUPERSEDED";
  decided?: number;
}

async function draft({ made, state, decided }: Seeded): Promise<void> {
  const about = { conversationId: conversation.id, text: `${state} ${made} ${decided ?? ""}`.trim(), state };
  const decidedAt = decided === undefined ? null : ago(decided);
  await ctx.database.withSystem((tx) =>
    tx.aiResponseDraft.create({ data: { ...madeAt(ago(made)), ...about, decidedAt } }),
  );
}
const drafts = async () => {
  const rows = await ctx.database.withTenant(tenantId, (tx) => tx.aiResponseDraft.findMany({ orderBy: { id: "asc" } }));
  return rows.map(({ text }) => text);
};

test("drafts are kept after their decision as long as executions, and while they wait", async () => {
  await ctx.database.withSystem((tx) => tx.aiSettings.create({ data: { tenantId, executionRetentionDays: 8 } }));
  await draft({ made: 90, state: "PENDING" });
  await draft({ made: 50, state: "ACCEPTED", decided: 7 });
  await draft({ made: 40, state: "ACCEPTED", decided: 9 });
  await draft({ made: 9, state: "SUPERSEDED" });
  await draft({ made: 7, state: "SUPERSEDED" });
  expect(await forgetDecidedDrafts(ctx)).toBe(2);
  expect(await drafts()).toEqual(["PENDING 90", "ACCEPTED 50 7", "SUPERSEDED 7"]);
});

test("drafts go with their conversation", async () => {
  await draft({ made: 1, state: "PENDING" });
  await ctx.database.withSystem((tx) => tx.conversation.deleteMany({ where: { tenantId } }));
  expect(await drafts()).toEqual([]);
});

test("calls of models are kept for 400 days, and longer while they are not settled", async () => {
  const call = { task: "reply", provider: "GOOGLE", model: "some", month: ago(400) } as const;
  const seeded = [
    { days: 401, outcome: "SUCCESS" },
    { days: 402, outcome: "PENDING" },
    { days: 399, outcome: "FAILED" },
  ] as const;
  for (const { days, outcome } of seeded) {
    await ctx.database.withSystem((tx) => tx.aiModelCall.create({ data: { ...call, ...madeAt(ago(days)), outcome } }));
  }
  expect(await forgetOldCalls(ctx)).toBe(1);
  const left = await ctx.database.withTenant(tenantId, (tx) => tx.aiModelCall.findMany({ orderBy: { id: "asc" } }));
  expect(left.map(({ outcome }) => outcome)).toEqual(["PENDING", "FAILED"]);
});

test("marks of events that the check has passed are forgotten, in the order of the log, and no others", async () => {
  const event = { tenantId, type: "MESSAGE_RECEIVED", actorType: "CUSTOMER" } as const;
  const [passed, last, later] = await ctx.database.withSystem(async (tx) => {
    const early = await tx.event.create({ data: { ...event, txid: 20n } });
    // Written before, committed later.
    const late = await tx.event.create({ data: { ...event, txid: 10n } });
    return [late, early, await tx.event.create({ data: { ...event, txid: 21n } })];
  });
  await ctx.database.withSystem(async (tx) => {
    await tx.aiRuleProgress.create({ data: { tenantId, txid: last.txid, seq: last.seq } });
    const marks = [passed, last, later].map(({ seq: eventSeq }) => ({ tenantId, eventSeq }));
    await tx.aiHandledEvent.createMany({ data: marks });
  });
  expect(await forgetHandledEvents(ctx)).toBe(2);
  const left = await ctx.database.withTenant(tenantId, (tx) => tx.aiHandledEvent.findMany());
  expect(left.map(({ eventSeq }) => eventSeq)).toEqual([later.seq]);
});

test("what changes of tickets were about is kept for 31 days", async () => {
  const { id: ticketId } = await buildTicket(ctx, conversation);
  const change = { tenantId, ticketId, oldValues: { subject: null }, newValues: { subject: "Some" } };
  for (const [index, days] of [33, 32, 30].entries()) {
    const row = { ...change, txid: BigInt(index), createdAt: ago(days) };
    await ctx.database.withSystem((tx) => tx.ticketValueChange.create({ data: row }));
  }
  expect(await forgetOldValues(ctx)).toBe(2);
  const left = await ctx.database.withTenant(tenantId, (tx) => tx.ticketValueChange.findMany());
  expect(left.map(({ createdAt }) => createdAt)).toEqual([ago(30)]);
});
