import { statement } from "@parley/db";
import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineSubscriberQueue, type EventType, type Subscription } from "../context/index.ts";
import { publishEvents, publishEventsSql, type NewEvent } from "./publish-events.ts";

const queue = defineSubscriberQueue("subscriber-test");
const subscription: Subscription = { queue, types: new Set<EventType>(["TICKET_OPENED", "MESSAGE_SENT"]) };

let ctx: TestContext<Subscription>;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue], subscriptions: [subscription] });
});
afterAll(() => ctx.close());

const event = (tenantId: string, type: EventType): NewEvent => ({
  tenantId,
  type,
  actorType: "SYSTEM",
  messageId: newId(),
});
const log = (tenantId: string) =>
  ctx.database.withTenant(tenantId, (tx) => tx.event.findMany({ orderBy: { seq: "asc" } }));
const seqsOf = async (tenantId: string) => (await log(tenantId)).map(({ seq }) => String(seq));
const jobsOf = async (tenantId: string) =>
  (await ctx.jobsOn(queue)).map((job) => job.payload).filter((payload) => JSON.stringify(payload).includes(tenantId));

test("events keep their order, and a subscriber hears of the types that it named", async () => {
  const { id } = await buildTenant(ctx);
  const types: EventType[] = ["CONTACT_CREATED", "TICKET_OPENED", "MESSAGE_RECEIVED", "MESSAGE_SENT"];
  await ctx.database.system.transaction((sql) =>
    publishEventsSql(
      ctx,
      sql,
      types.map((type) => event(id, type)),
    ),
  );
  const stored = await log(id);
  expect(stored.map((row) => row.type)).toEqual(types);
  const heard = stored.filter((row) => subscription.types.has(row.type as EventType)).map((row) => String(row.seq));
  expect(await jobsOf(id)).toEqual([{ events: [{ tenantId: id, seqs: heard }] }]);
});

test("one transaction about two tenants wakes a subscriber once, and tells it of each", async () => {
  const [first, second] = [await buildTenant(ctx), await buildTenant(ctx)];
  await ctx.database.system.transaction((sql) =>
    publishEventsSql(ctx, sql, [
      event(first.id, "TICKET_OPENED"),
      event(second.id, "TICKET_OPENED"),
      event(first.id, "MESSAGE_SENT"),
    ]),
  );
  expect(await jobsOf(first.id)).toEqual([
    {
      events: [
        { tenantId: first.id, seqs: await seqsOf(first.id) },
        { tenantId: second.id, seqs: await seqsOf(second.id) },
      ],
    },
  ]);
});

test("within a tenant's own transaction it is the same, and a rollback leaves neither event nor job", async () => {
  const { id } = await buildTenant(ctx);
  await ctx.database.withTenant(id, (tx) =>
    publishEvents(ctx, tx, [event(id, "TICKET_OPENED"), event(id, "MESSAGE_RECEIVED")]),
  );
  const rolledBack = ctx.database.withTenant(id, async (tx) => {
    await publishEvents(ctx, tx, [event(id, "TICKET_OPENED")]);
    throw new Error("no");
  });
  await expect(rolledBack).rejects.toThrow("no");
  expect((await log(id)).map((row) => row.type)).toEqual(["TICKET_OPENED", "MESSAGE_RECEIVED"]);
  expect(await jobsOf(id)).toHaveLength(1);
});

describe("a subscriber that wants to hear of some tenants only", () => {
  const ofSome: Subscription = {
    ...subscription,
    tenants: statement(
      "test_tenants_called_heard",
      `select id as "tenantId" from tenant where id = any($1::uuid[]) and name = 'Heard'`,
    ),
  };

  test("hears of those, in a transaction of the system and in one of the tenant", async () => {
    const some = { ...ctx, subscriptions: [ofSome] };
    const [heard, unheard] = [await buildTenant(ctx, { name: "Heard" }), await buildTenant(ctx)];
    await ctx.database.system.transaction((sql) =>
      publishEventsSql(some, sql, [event(heard.id, "TICKET_OPENED"), event(unheard.id, "TICKET_OPENED")]),
    );
    for (const { id } of [heard, unheard]) {
      await ctx.database.withTenant(id, (tx) => publishEvents(some, tx, [event(id, "MESSAGE_SENT")]));
    }
    expect(await jobsOf(heard.id)).toHaveLength(2);
    expect(await jobsOf(unheard.id)).toEqual([]);
    expect(await log(unheard.id)).toHaveLength(2);
  });
});
