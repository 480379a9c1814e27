import { statement, type Tx } from "@parley/db";
import { startWorker } from "@parley/queue";
import { createSilentLogger } from "@parley/runtime";
import { buildInbox, waitForLocks, waitUntil } from "@parley/testing";
import { expect, test } from "vitest";
import { setOwnAvailability } from "../members/index.ts";
import { assignTicket, changeTicket, openTicket, takeNextTicket } from "../tickets/index.ts";
import { createAssign, createAssignmentHandlers } from "./assignment-handlers.ts";
import { openOfficeForEachTest, type Office } from "./assignment.fixture.ts";
import { assignmentQueue } from "./assignment-queue.ts";

let office: Office;
openOfficeForEachTest((opened) => (office = opened));

const IS_BLOCKED = statement<object>(
  "test_is_blocked",
  `select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
);

/** A transaction that is open while an assignment runs into it, and ends before the assignment does. */
async function assignAgainst(work: (tx: Tx) => Promise<unknown>, blockedAt: string): Promise<void> {
  const { database } = office.ctx;
  let assigning: Promise<void> | undefined;
  await database.withSystem(async (tx) => {
    await work(tx);
    assigning = office.assign();
    await waitUntil(
      async () => (await database.system.rows(IS_BLOCKED, [blockedAt])).length > 0,
      "the assignment waits for the lock",
    );
  });
  await assigning;
}

test("of 50 tickets that arrive at once, with two workers, each is given once and everybody as much", async () => {
  const { ctx, tenantId } = office;
  const people = await Promise.all(Array.from({ length: 5 }, () => office.hire({ capacity: 10 })));
  await office.policy();
  const finished = await office.arrive(50, { status: "CLOSED" });
  const workers = [1, 2].map(() =>
    startWorker({
      redis: ctx.redis,
      queue: assignmentQueue,
      handlers: createAssignmentHandlers(ctx, createAssign(ctx)),
      concurrency: 10,
      logger: createSilentLogger(),
    }),
  );
  try {
    const opener = office.as(people[0] ?? "");
    const opened = await Promise.all(
      finished.map(({ conversationId }) => openTicket(opener, { on: { conversationId } })),
    );
    await waitUntil(
      async () => (await office.holders(opened)).every((holder) => holder !== null),
      "all tickets are given",
    );
    const holders = await office.holders(opened);
    expect(people.map((userId) => holders.filter((holder) => holder === userId).length)).toEqual([10, 10, 10, 10, 10]);
    const events = await office.events("ASSIGNMENT_CHANGED");
    expect(events).toHaveLength(50);
    expect(new Set(events.map(({ ticketId }) => ticketId))).toEqual(new Set(opened.map(({ id }) => id)));
    const turns = await ctx.database.withTenant(tenantId, (tx) => tx.assignmentTurn.findMany());
    expect(turns.map(({ turn }) => Number(turn)).toSorted((a, b) => a - b)).toEqual([46, 47, 48, 49, 50]);
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
});

test("runs that meet give no ticket twice and nobody more than their capacity", async () => {
  const people = [await office.hire({ capacity: 7 }), await office.hire({ capacity: 9 })];
  await office.policy({ method: "LEAST_LOADED" });
  const tickets = await office.arrive(20);
  await Promise.all(Array.from({ length: 8 }, () => createAssign(office.ctx)(office.tenantId)));
  const holders = await office.holders(tickets);
  expect(people.map((userId) => holders.filter((holder) => holder === userId).length)).toEqual([7, 9]);
  expect(await office.events("ASSIGNMENT_CHANGED")).toHaveLength(16);
});

test("whoever goes offline in the same moment is given nothing any more", async () => {
  const [going, staying] = [await office.hire(), await office.hire()];
  await office.policy();
  const tickets = await office.arrive(2);
  const goOffline = (tx: Tx) =>
    tx.membership.updateMany({ where: { userId: going }, data: { availability: "OFFLINE" } });
  await assignAgainst(goOffline, "for share");
  expect(await office.holders(tickets)).toEqual([staying, staying]);
});

test("whoever is given less in the same moment is given no more than that", async () => {
  const userId = await office.hire();
  await office.policy();
  const tickets = await office.arrive(3);
  const limit = (tx: Tx) => tx.membership.updateMany({ where: { userId }, data: { capacity: 1 } });
  await assignAgainst(limit, "for share");
  expect(await office.holders(tickets)).toEqual([userId, null, null]);
});

test("whoever takes their next ticket in the same moment is given no more than they have room for then", async () => {
  const userId = await office.hire({ capacity: 2 });
  await office.policy();
  const elsewhere = await buildInbox(office.ctx, { tenantId: office.tenantId });
  const [taken] = await office.arrive(1, { inboxId: elsewhere.id });
  const waiting = await office.arrive(2);
  let atOnce: Promise<unknown> | undefined;
  await office.ctx.database.withSystem(async (tx) => {
    await tx.$queryRaw`select user_id from membership where user_id = ${userId}::uuid for no key update`;
    // Whoever waits first is first: the run has looked at who has room, and then waits until the ticket is taken.
    const taking = takeNextTicket(office.as(userId), { inboxId: elsewhere.id });
    await waitForLocks(office.ctx.database, 1);
    const assigning = office.assign();
    await waitForLocks(office.ctx.database, 2);
    atOnce = Promise.all([taking.then((ticket) => expect(ticket?.id).toBe(taken?.id)), assigning]);
  });
  await atOnce;
  expect(await office.holders(waiting)).toEqual([userId, null]);
});

test("whoever asks for their next ticket while they are given one gets that, and no other", async () => {
  const userId = await office.hire({ capacity: 1 });
  await office.policy();
  const [given] = await office.arrive(1);
  const elsewhere = await buildInbox(office.ctx, { tenantId: office.tenantId });
  const others = await office.arrive(1, { inboxId: elsewhere.id, priority: "URGENT" });
  let atOnce: Promise<unknown> | undefined;
  await office.ctx.database.withSystem(async (tx) => {
    await tx.$queryRaw`select id from conversation where id = ${given?.conversationId}::uuid for no key update`;
    const assigning = office.assign();
    await waitForLocks(office.ctx.database, 1);
    const taking = takeNextTicket(office.as(userId), {});
    await waitForLocks(office.ctx.database, 2);
    atOnce = Promise.all([assigning, taking.then((ticket) => expect(ticket?.id).toBe(given?.id))]);
  });
  await atOnce;
  expect(await office.holders(others)).toEqual([null]);
});

test("a ticket that a colleague takes in the same moment is theirs", async () => {
  const [first, second] = [await office.hire(), await office.hire()];
  await office.policy();
  const tickets = await office.arrive(2);
  const [taken] = tickets;
  if (!taken) throw new Error("it arrived");
  const take = async (tx: Tx) => {
    await tx.$queryRaw`select id from conversation where id = ${taken.conversationId}::uuid for no key update`;
    const data = { assigneeId: second, version: { increment: 1 } };
    await tx.ticket.update({ where: { tenantId_id: { tenantId: office.tenantId, id: taken.id } }, data });
  };
  await assignAgainst(take, "select from conversation");
  expect(await office.holders(tickets)).toEqual([second, expect.stringMatching(new RegExp(`${first}|${second}`))]);
  expect(await office.events("ASSIGNMENT_CHANGED")).toHaveLength(1);
});

test("agents who take, finish and release tickets, and come and go, leave nothing waiting that could be given", async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => office.hire({ capacity: 4 })));
  await office.policy({ method: "LEAST_LOADED" });
  const tickets = await office.arrive(12);
  const assign = createAssign(office.ctx);
  await assign(office.tenantId);
  await Promise.all(
    people.flatMap((userId, n) => {
      const mine = tickets.filter((_ticket, index) => index % people.length === n);
      return mine.map(async ({ id }, index) => {
        const who = office.as(userId);
        if (index === 0) await changeTicket(who, { id, status: "RESOLVED" });
        else if (index === 1) await assignTicket(who, { id, userId: null });
        else await setOwnAvailability(who, { availability: n === 0 ? "OFFLINE" : "ONLINE" });
        await assign(office.tenantId);
      });
    }),
  );
  await assign(office.tenantId);
  const after = await office.now(tickets);
  const loads = people.map((userId) =>
    after.filter(({ assigneeId, status }) => assigneeId === userId && status === "OPEN"),
  );
  expect(Math.max(...loads.map(({ length }) => length))).toBeLessThanOrEqual(4);
  expect(after.filter(({ assigneeId, status }) => assigneeId === null && status === "OPEN")).toEqual([]);
});
