import type { EventType } from "../context/index.ts";
import { describe, expect, test } from "vitest";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { changeMember, setOwnAvailability } from "../members/index.ts";
import { assignTicket, changeTicket, openTicket, snoozeTicket, wakeTicket } from "../tickets/index.ts";
import { openOfficeForEachTest, type Office } from "./assignment.fixture.ts";
import { createAssign } from "./assignment-handlers.ts";
import { assignmentSubscription } from "./assignment-queue.ts";
import { changeAssignmentPolicy } from "./change-policy.ts";
import { createAssignmentPolicy } from "./create-policy.ts";
import { reconcileWaiting } from "./find-assignable.ts";

let office: Office;
openOfficeForEachTest((opened) => (office = opened));

/** Does what wakes the queue, and what the woken worker does then. */
async function after(cause: () => Promise<unknown>): Promise<void> {
  const before = await office.jobs();
  await cause();
  expect(await office.jobs()).toBe(before + 1);
  await office.assign();
}

const written = (from: string) => payload(change(office.inbox.externalId ?? "", { messages: [text(from)] }));

async function open(): Promise<void> {
  const userId = await office.hire({ availability: "OFFLINE" });
  const [finished] = await office.arrive(1, { status: "CLOSED" });
  if (!finished) throw new Error("it arrived");
  await openTicket(office.as(userId), { on: { conversationId: finished.conversationId } });
}

describe("the backlog drains", () => {
  test("when somebody comes online", async () => {
    const userId = await office.hire({ availability: "OFFLINE" });
    await office.policy();
    const tickets = await office.arrive(3);
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null, null, null]);
    await after(() => setOwnAvailability(office.as(userId), { availability: "ONLINE" }));
    expect(await office.holders(tickets)).toEqual([userId, userId, userId]);
  });

  test("as far as somebody's capacity is raised, or they learn a skill", async () => {
    const admin = await office.hire({ availability: "OFFLINE", role: "ADMIN" });
    await office.hire({ availability: "OFFLINE", skills: ["french"] });
    const userId = await office.hire({ capacity: 1 });
    await office.policy({ bySkills: true });
    const tickets = [...(await office.arrive(3)), ...(await office.arrive(1, { tags: ["french"] }))];
    await office.assign();
    expect(await office.holders(tickets)).toEqual([userId, null, null, null]);
    await after(() => changeMember(office.as(admin, "ADMIN"), { id: userId, capacity: 20 }));
    expect(await office.holders(tickets)).toEqual([userId, userId, userId, null]);
    await after(() => changeMember(office.as(admin, "ADMIN"), { id: userId, skills: ["french"] }));
    expect(await office.holders(tickets)).toEqual([userId, userId, userId, userId]);
  });

  test("when somebody finishes a ticket, or gives one away", async () => {
    const userId = await office.hire({ capacity: 1 });
    const absent = await office.hire({ availability: "OFFLINE" });
    await office.policy();
    const [first, second, third] = await office.arrive(3);
    if (!first || !second || !third) throw new Error("they arrived");
    await office.assign();
    await after(() => changeTicket(office.as(userId), { id: first.id, status: "RESOLVED" }));
    expect(await office.holders([second, third])).toEqual([userId, null]);
    await after(() => assignTicket(office.as(userId), { id: second.id, userId: absent }));
    expect(await office.holders([second, third])).toEqual([absent, userId]);
  });

  test("by a ticket that is woken, released or taken up again", async () => {
    const userId = await office.hire();
    const [asleep, held, waiting] = [
      ...(await office.arrive(1)),
      ...(await office.arrive(1, { assigneeId: await office.hire({ availability: "OFFLINE" }) })),
      ...(await office.arrive(1, { status: "PENDING" })),
    ];
    if (!asleep || !held || !waiting) throw new Error("they arrived");
    await snoozeTicket(office.as(userId), { id: asleep.id });
    await office.policy();
    await office.assign();
    expect(await office.holders([asleep, waiting])).toEqual([null, null]);
    await after(() => wakeTicket(office.as(userId), { id: asleep.id }));
    await after(() => assignTicket(office.as(userId), { id: held.id, userId: null }));
    await after(() => changeTicket(office.as(userId), { id: waiting.id, status: "OPEN" }));
    expect(await office.holders([asleep, held, waiting])).toEqual([userId, userId, userId]);
  });

  test("when the tags of a ticket change", async () => {
    await office.hire({ availability: "OFFLINE", skills: ["french"] });
    const userId = await office.hire();
    await office.policy({ bySkills: true });
    const [ticket] = await office.arrive(1, { tags: ["french"] });
    if (!ticket) throw new Error("it arrived");
    await office.assign();
    expect(await office.holders([ticket])).toEqual([null]);
    await after(() => changeTicket(office.as(userId), { id: ticket.id, tags: ["english"] }));
    expect(await office.holders([ticket])).toEqual([userId]);
  });

  test("when a customer writes, and a ticket that is reopened goes to somebody who is there", async () => {
    const [gone, there] = [await office.hire(), await office.hire({ availability: "OFFLINE" })];
    await office.policy();
    await after(() => deliver(office.ctx, written("33600000001")));
    const readTicket = () =>
      office.ctx.database.withTenant(office.tenantId, (tx) => tx.ticket.findFirstOrThrow({ where: {} }));
    const { id, assigneeId } = await readTicket();
    expect(assigneeId).toBe(gone);
    await changeTicket(office.as(gone), { id, status: "RESOLVED" });
    await setOwnAvailability(office.as(gone), { availability: "OFFLINE" });
    await setOwnAvailability(office.as(there), { availability: "ONLINE" });
    await after(() => deliver(office.ctx, written("33600000001")));
    expect(await readTicket()).toMatchObject({ id, status: "OPEN", reopenedCount: 1, assigneeId: there });
  });

  test("even if its events were lost, or there are none: the policy is new, or another", async () => {
    const admin = await office.hire({ availability: "OFFLINE", role: "ADMIN" });
    const teamId = await office.team();
    const userId = await office.hire({ teamId });
    const tickets = await office.arrive(2);
    const assign = createAssign(office.ctx);
    const asked: string[] = [];
    const reconcile = () =>
      reconcileWaiting(office.ctx, async (tenantId) => {
        asked.push(tenantId);
        await assign(tenantId);
      });
    await reconcile();
    expect(await office.holders(tickets)).toEqual([null, null]);

    const policy = { inboxId: office.inbox.id, method: "MANUAL" as const };
    const { id } = await createAssignmentPolicy(office.as(admin, "ADMIN"), policy);
    await reconcile();
    expect(await office.holders(tickets)).toEqual([null, null]);

    await changeAssignmentPolicy(office.as(admin, "ADMIN"), { id, method: "LEAST_LOADED", teamId });
    await reconcile();
    expect(await office.now(tickets)).toMatchObject(tickets.map(() => ({ assigneeId: userId, teamId })));
    await reconcile();
    expect(asked.filter((tenantId) => tenantId === office.tenantId)).toHaveLength(1);
  });
});

describe("the queue", () => {
  test("hears of nothing in a company without a policy, or where people take tickets themselves", async () => {
    await open();
    await deliver(office.ctx, written("33600000001"), written("33600000002"));
    await office.policy({ method: "MANUAL" });
    await open();
    await deliver(office.ctx, written("33600000003"));
    expect(await office.jobs()).toBe(0);
  });

  test("hears once of all that a transaction opened", async () => {
    await office.policy();
    await deliver(office.ctx, written("33600000001"), written("33600000002"), written("33600000003"));
    expect(await office.jobs()).toBe(1);
  });

  test("is not woken by what assignment itself did, while others hear of it", async () => {
    await office.hire();
    await office.policy();
    const types = new Set<EventType>(["ASSIGNMENT_CHANGED"]);
    const other = { queue: { ...assignmentSubscription.queue, name: "another-follower" }, types };
    const subscriptions = [...office.ctx.subscriptions, other];
    await office.arrive(3);
    const enqueued: string[] = [];
    const { outbox } = office.ctx;
    const enqueueSql: typeof outbox.enqueueSql = async (_sql, rows) => void enqueued.push(...rows.map((r) => r.queue));
    await createAssign({ ...office.ctx, subscriptions, outbox: { ...outbox, enqueueSql } })(office.tenantId);
    expect(enqueued).toEqual(["another-follower"]);
  });
});

test("what somebody can be given is told when it changes, and not when it does not", async () => {
  const admin = await office.hire({ role: "ADMIN" });
  const userId = await office.hire({ availability: "OFFLINE" });
  await setOwnAvailability(office.as(userId), { availability: "ONLINE" });
  await setOwnAvailability(office.as(userId), { availability: "ONLINE" });
  await changeMember(office.as(admin, "ADMIN"), { id: userId, role: "MANAGER" });
  await changeMember(office.as(admin, "ADMIN"), { id: userId, capacity: 7, skills: ["french"] });
  await changeMember(office.as(admin, "ADMIN"), { id: userId, capacity: 7, skills: ["french"] });
  expect(await office.events("AVAILABILITY_CHANGED")).toMatchObject([
    { actorId: userId, data: { userId, changed: ["availability"], availability: "online", capacity: 20 } },
    { actorId: admin, data: { userId, changed: ["capacity", "skills"], availability: "online", capacity: 7 } },
  ]);
});
