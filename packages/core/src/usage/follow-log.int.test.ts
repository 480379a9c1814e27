import { newId } from "@parley/runtime";
import { runAsOwner } from "@parley/testing";
import { expect, test } from "vitest";
import { createLogFollower } from "./follow-log.ts";
import { openUsageDeskForEachTest, type UsageDesk } from "./usage-desk.fixture.ts";

let desk: UsageDesk;
openUsageDeskForEachTest((opened) => (desk = opened));

const opened = (ticketId = newId()) => ({ type: "TICKET_OPENED" as const, actorType: "CUSTOMER" as const, ticketId });
const many = (count: number) => Array.from({ length: count }, () => opened());

async function kept(): Promise<{ ledger: number; quota: bigint | undefined; daily: bigint }> {
  const { length: ledger } = await desk.ledger();
  const { quotas, daily } = (await desk.rollUps()) as {
    quotas: { ticketsCount: bigint }[];
    daily: { quantity: bigint }[];
  };
  return { ledger, quota: quotas[0]?.ticketsCount, daily: daily.reduce((sum, { quantity }) => sum + quantity, 0n) };
}

test("everything counts once when several follow the log at the same time, in small pages", async () => {
  for (let batch = 0; batch < 10; batch += 1) await desk.tell(...many(13));
  const followers = Array.from({ length: 4 }, () => createLogFollower(desk.ctx, { pageSize: 7 }));
  await Promise.all(followers.map((follower) => desk.follow(follower)));
  expect(await kept()).toEqual({ ledger: 130, quota: 130n, daily: 130n });
});

test("what comes twice, in a page or in different ones, counts once", async () => {
  const [first, second] = [newId(), newId()];
  await desk.tell(opened(first), opened(first), opened(second));
  await desk.follow();
  await desk.tell(opened(second), opened(first));
  await desk.follow();
  expect(await kept()).toEqual({ ledger: 2, quota: 2n, daily: 2n });
});

test("a follower that dies before it commits has changed nothing", async () => {
  await desk.tell(...many(5));
  await runAsOwner(
    desk.ctx.urls,
    `create function die() returns trigger language plpgsql as $$ begin raise 'the power is gone'; end $$;
     create trigger die before update on billing_progress for each row execute function die()`,
  );
  await expect(desk.follow()).rejects.toThrow("the power is gone");
  expect(await desk.ledger()).toEqual([]);
  await runAsOwner(desk.ctx.urls, "drop trigger die on billing_progress; drop function die");
  await desk.follow();
  expect(await kept()).toEqual({ ledger: 5, quota: 5n, daily: 5n });
});

test("the log that is read again from its beginning adds nothing", async () => {
  await desk.tell(...many(20));
  await desk.follow();
  const before = await desk.rollUps();
  await desk.ctx.database.withSystem((tx) => tx.billingProgress.updateMany({ data: { txid: 0n, seq: 0n } }));
  await desk.follow();
  expect(await desk.rollUps()).toEqual(before);
  expect(await desk.ledger()).toHaveLength(20);
});

test("what is written by a transaction that was open meanwhile is not passed over", async () => {
  const { ctx, tenantId } = desk;
  await ctx.database.withTenant(tenantId, async (tx) => {
    await tx.event.create({ data: { tenantId, ...opened() } });
    await desk.tell(opened());
    // One round of following while this is open, after what was written later has been committed.
    await createLogFollower(ctx).follow();
  });
  await desk.follow();
  expect(await kept()).toEqual({ ledger: 2, quota: 2n, daily: 2n });
});

test("usage of a closed period goes to the next open one, and keeps its time", async () => {
  const { ctx, tenantId } = desk;
  await desk.tell(opened());
  await desk.follow();
  await ctx.database.withSystem((tx) =>
    tx.billingPeriod.updateMany({ where: { tenantId }, data: { status: "CLOSED", closedAt: new Date() } }),
  );
  await desk.tell(opened());
  await desk.follow();
  const [first, second] = await desk.ledger();
  const [period, next] = await ctx.database.withSystem((tx) =>
    tx.billingPeriod.findMany({ where: { tenantId }, orderBy: { startsOn: "asc" } }),
  );
  expect([first?.period, second?.period]).toEqual([period?.startsOn, next?.startsOn]);
  expect(next).toMatchObject({ status: "OPEN", startsAt: period?.endsAt });
  expect(second?.occurredAt.getTime()).toBeLessThan(next?.startsAt.getTime() ?? 0);
});

test("neither role changes or deletes what the ledger says", async () => {
  const { ctx, tenantId } = desk;
  await desk.tell(opened());
  await desk.follow();
  const where = { tenantId };
  for (const change of [
    () => ctx.database.withSystem((tx) => tx.usageEvent.updateMany({ where, data: { quantity: 2n } })),
    () => ctx.database.withSystem((tx) => tx.usageEvent.deleteMany({ where })),
    () => ctx.database.withTenant(tenantId, (tx) => tx.usageEvent.updateMany({ where, data: { quantity: 2n } })),
    () => ctx.database.withTenant(tenantId, (tx) => tx.usageEvent.deleteMany({ where })),
    () => ctx.database.withTenant(tenantId, (tx) => tx.usageDaily.deleteMany({ where })),
  ]) {
    await expect(change()).rejects.toThrow(/permission denied/);
  }
});
