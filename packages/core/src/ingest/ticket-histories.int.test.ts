import { TicketStatus, type Tx } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { DomainError, newId } from "@parley/runtime";
import { buildInbox, buildTenant, buildUser } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outboundQueue } from "../outbound-queue/index.ts";
import {
  assignTicket,
  changeTicket,
  isUnfinished,
  mergeTickets,
  openTicket,
  openTicketInput,
  snoozeTicket,
  splitTicket,
  wakeSnoozedTicket,
  wakeTicket,
} from "../tickets/index.ts";
import { createTimerHandlers, timerQueue } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { MEMBERS, TicketModel, type Member, type Outcome, type Step } from "./ticket-model.fixture.ts";
import { change, deliver, payload, text, wamid } from "./webhook.fixture.ts";

const CUSTOMERS = ["33600000001", "33600000002", "33600000003"];
const REOPEN_WINDOW_MINUTES = 60;
/** As many histories as fit into the time; none is begun after it, once there were enough steps. */
const BUDGET_MS = 15_000;
const RUNS = 1_000;
const ENOUGH_STEPS = 200;

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [ingestQueue, outboundQueue, timerQueue] });
});
afterAll(() => ctx.close());

/** A company with its members, whose tickets live alongside the model's. */
async function openWorld() {
  const { id: tenantId } = await buildTenant(ctx, { reopenWindowMinutes: REOPEN_WINDOW_MINUTES });
  const inbox = await buildInbox(ctx, { tenantId });
  const users = new Map<Member, string>();
  for (const member of MEMBERS) {
    const role = member === "agent" ? "AGENT" : "MANAGER";
    const { id: userId } = await buildUser(ctx, { tenantId, role });
    users.set(member, userId);
    await ctx.database.withSystem((tx) =>
      tx.membership.updateMany({ where: { userId }, data: { availability: "ONLINE" } }),
    );
  }
  const model = new TicketModel(REOPEN_WINDOW_MINUTES);
  model.now = ctx.clock.now().getTime();
  const stored: Stored = { tickets: [], messages: [], timers: [], conversations: [] };
  return { tenantId, number: inbox.externalId ?? "", users, model, wamids: [] as string[], stored };
}

/** What the database has of a company. */
type Stored = Awaited<ReturnType<typeof readStored>>;

const readStored = async (tx: Tx) => ({
  tickets: await tx.ticket.findMany({ orderBy: { number: "asc" } }),
  messages: await tx.message.findMany(),
  timers: await tx.timer.findMany(),
  conversations: await tx.conversation.findMany({ include: { contact: { include: { identifiers: true } } } }),
});

type World = Awaited<ReturnType<typeof openWorld>>;

const read = <T>({ tenantId }: World, reader: (tx: Tx) => Promise<T>) => ctx.database.withTenant(tenantId, reader);
const userOf = ({ users }: World, member: Member | null) => (member === null ? null : (users.get(member) ?? null));
const memberOf = ({ users }: World, userId: string | null) =>
  MEMBERS.find((member) => userId !== null && users.get(member) === userId) ?? null;
const acting = (world: World, member: Member = "manager") =>
  actingAs(ctx, {
    userId: userOf(world, member) ?? "",
    tenantId: world.tenantId,
    role: member === "agent" ? "AGENT" : "MANAGER",
  });

const idOf = ({ stored }: World, number: number): string => stored.tickets[number - 1]?.id ?? "";

const conversationOf = ({ stored }: World, customer: number) =>
  stored.conversations.find(({ contact }) =>
    contact.identifiers.some(({ value }) => value === `+${CUSTOMERS[customer] ?? ""}`),
  );

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  try {
    await work;
    return "done";
  } catch (error) {
    const { code } = error instanceof DomainError ? error : { code: undefined };
    if (code === "conflict" || code === "validation_failed") return code;
    throw error;
  }
}

/** Fires every timer that is due, each as often as its job may come. */
async function fireTimers({ tenantId, model }: World): Promise<void> {
  const { fire_timer: fire } = createTimerHandlers(ctx, onlyTimers({ wake_ticket: wakeSnoozedTicket }));
  const timers = await ctx.database.withSystem((tx) => tx.timer.findMany({ where: { tenantId } }));
  for (const { kind, subjectId, dueAt } of timers) {
    expect(kind).toBe("wake_ticket");
    const job = { tenantId, kind: "wake_ticket" as const, subjectId, dueAt: dueAt.getTime() };
    const answers = await Promise.all([fire(job), fire(job)]);
    const expected = dueAt.getTime() > model.now ? { runAgainAt: dueAt } : undefined;
    expect(answers).toEqual([expected, expected]);
  }
}

/** Does the step with the model and with the database, and compares what became of it. */
async function take(world: World, step: Step): Promise<void> {
  const { model } = world;
  const count = model.tickets.length;
  const numberAt = (place: number): number => (place % count) + 1;
  switch (step.kind) {
    case "write": {
      const place = step.quoting === null || world.wamids.length === 0 ? null : step.quoting % world.wamids.length;
      model.write(step.customer, place);
      const id = wamid();
      world.wamids.push(id);
      const message = text(CUSTOMERS[step.customer] ?? "", { id, at: new Date(model.now) });
      const quoting = place === null ? {} : { context: { from: "x", id: world.wamids[place] } };
      await deliver(ctx, payload(change(world.number, { messages: [{ ...message, ...quoting }] })));
      return;
    }
    case "open": {
      const shown = conversationOf(world, step.customer);
      if (!shown) return;
      const expected = model.openByHand(step.customer, "manager");
      const input = openTicketInput.parse({ conversationId: shown.id });
      expect(await outcomeOf(openTicket(acting(world), input))).toBe(expected);
      return;
    }
    case "leave": {
      if (step.isOffline) model.offline.add(step.member);
      else model.offline.delete(step.member);
      const availability = step.isOffline ? "OFFLINE" : "ONLINE";
      const userId = userOf(world, step.member) ?? "";
      await read(world, (tx) => tx.membership.updateMany({ where: { userId }, data: { availability } }));
      return;
    }
    case "wait":
      model.wait(step.minutes);
      ctx.clock.set(new Date(model.now));
      await fireTimers(world);
      return;
    case "move":
    case "assign":
    case "snooze":
    case "wake":
    case "merge":
    case "split":
      if (count > 0) await changeOne(world, step, numberAt);
  }
}

type TicketStep = Extract<Step, { ticket: number }>;

/** What is done to a ticket. */
async function changeOne(world: World, step: TicketStep, numberAt: (place: number) => number): Promise<void> {
  const { model } = world;
  const number = numberAt(step.ticket);
  const id = idOf(world, number);
  const compare = async (expected: Outcome, work: Promise<unknown>): Promise<void> => {
    expect([step, await outcomeOf(work)]).toEqual([step, expected]);
  };
  switch (step.kind) {
    case "move":
      return compare(
        model.move(number, step.to, step.by),
        changeTicket(acting(world, step.by), { id, status: step.to }),
      );
    case "assign":
      return compare(
        model.assign(number, step.to),
        assignTicket(acting(world), { id, userId: userOf(world, step.to) }),
      );
    case "snooze": {
      const until = step.minutes === null ? null : new Date(model.now + step.minutes * 60_000);
      return compare(model.snooze(number, step.minutes), snoozeTicket(acting(world), { id, until }));
    }
    case "wake":
      return compare(model.wake(number), wakeTicket(acting(world), { id }));
    case "merge": {
      const into = numberAt(step.into);
      const intoTicketId = idOf(world, into);
      return compare(model.merge(number, into), mergeTickets(acting(world), { id, intoTicketId }));
    }
    case "split": {
      const places = model.messagesOf(number);
      const place = places[step.message % Math.max(places.length, 1)];
      const externalId = world.wamids[place ?? -1] ?? "";
      const message = world.stored.messages.find((each) => each.externalId === externalId);
      const messageIds = [message?.id ?? newId()];
      return compare(
        model.split(number, place, "manager"),
        splitTicket(acting(world), { id, messageIds, subject: "Split" }),
      );
    }
  }
}

/** Every ticket, message and timer is as the model has it, and what holds of any state holds of this one. */
async function compareAll(world: World): Promise<void> {
  const { model } = world;
  world.stored = await read(world, readStored);
  const { tickets, messages, timers, conversations } = world.stored;
  const numbers = new Map(tickets.map(({ id, number }) => [id, Number(number)]));
  const numberOf = (id: string | null) => (id === null ? null : (numbers.get(id) ?? "unknown"));
  const stored = tickets.map((ticket) => ({
    number: Number(ticket.number),
    status: ticket.status,
    assignee: memberOf(world, ticket.assigneeId),
    isSplitOff: ticket.splitFromId !== null,
    mergedInto: numberOf(ticket.mergedIntoId),
    endedAt: ticket.resolvedAt?.getTime() ?? null,
    reopenedCount: ticket.reopenedCount,
    snoozedUntil: ticket.snoozedAt === null ? undefined : (ticket.snoozedUntil?.getTime() ?? null),
    version: ticket.version,
  }));
  expect(stored).toEqual(model.tickets.map(({ customer: _customer, ...ticket }) => ticket));
  expect(stored.filter(({ status, endedAt }) => isUnfinished(status) !== (endedAt === null))).toEqual([]);

  const filed = new Map(messages.map(({ externalId, ticketId }) => [externalId, numberOf(ticketId)]));
  expect(world.wamids.map((id) => filed.get(id))).toEqual(model.messages.map(({ ticket }) => ticket));
  const due = new Map(stored.flatMap(({ number, snoozedUntil: at }) => (typeof at === "number" ? [[number, at]] : [])));
  expect(timers).toHaveLength(due.size);
  expect(new Map(timers.map(({ subjectId, dueAt }) => [numberOf(subjectId), dueAt.getTime()]))).toEqual(due);

  const shown = [...model.conversations].map(([customer, { assignee, isResolved }]) => ({
    shows: [
      conversationOf(world, customer)?.assigneeId ?? null,
      conversationOf(world, customer)?.status === "RESOLVED",
    ],
    expected: [userOf(world, assignee), isResolved],
  }));
  expect(shown.map(({ shows }) => shows)).toEqual(shown.map(({ expected }) => expected));
  for (const conversation of conversations) {
    const own = tickets.filter(({ conversationId, splitFromId }) => conversationId === conversation.id && !splitFromId);
    const inWork = own.filter(({ status }) => isUnfinished(status));
    expect(inWork.length).toBeLessThanOrEqual(1);
    const [current] = inWork;
    if (current) expect(conversation.assigneeId).toBe(current.assigneeId);
    // What the customer has written to a ticket beside it, or to that of another conversation, opens it as well.
    const waits = current?.status === "PENDING" || current?.status === "WAITING_CUSTOMER";
    if (current && !waits) expect(conversation.status).toBe("OPEN");
    const elsewhere = tickets.some(
      ({ id, status, conversationId, splitFromId }) =>
        isUnfinished(status) &&
        ((conversationId === conversation.id && splitFromId !== null) || own.some((each) => each.mergedIntoId === id)),
    );
    if (!current) expect([...(elsewhere ? ["OPEN", "PENDING"] : []), "RESOLVED"]).toContain(conversation.status);
  }
}

interface Holder {
  userId: string | null;
}

/** The log alone tells the status and the holder of every ticket, and how often it was reopened. */
async function replayLog(world: World): Promise<void> {
  const { tickets, events } = await read(world, async (tx) => ({
    tickets: await tx.ticket.findMany(),
    events: await tx.event.findMany({ orderBy: { seq: "asc" } }),
  }));
  for (const ticket of tickets) {
    const state = { status: "none", userId: null as string | null, reopened: 0, awake: 0 };
    for (const { type, data } of events.filter(({ ticketId }) => ticketId === ticket.id)) {
      const { from, to } = data as { from?: unknown; to?: unknown };
      if (type === "TICKET_OPENED")
        Object.assign(state, { status: "open", userId: (to as Holder | undefined)?.userId ?? null });
      if (type === "STATUS_CHANGED") {
        expect(from).toBe(state.status);
        if (to === "open" && (from === "resolved" || from === "closed")) state.reopened += 1;
        state.status = String(to);
      }
      if (type === "ASSIGNMENT_CHANGED") {
        expect((from as Holder).userId).toBe(state.userId);
        state.userId = (to as Holder).userId;
      }
    }
    expect(state).toMatchObject({
      status: ticket.status.toLowerCase(),
      userId: ticket.assigneeId,
      reopened: ticket.reopenedCount,
    });
  }
}

const nat = fc.nat({ max: 30 });
const customer = fc.nat({ max: CUSTOMERS.length - 1 });
const member = fc.constantFrom(...MEMBERS);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("write" as const), customer, quoting: fc.option(nat, { freq: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("open" as const), customer }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      ticket: nat,
      to: fc.constantFrom(...Object.values(TicketStatus)),
      by: member,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("assign" as const), ticket: nat, to: fc.option(member) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("snooze" as const),
      ticket: nat,
      minutes: fc.option(fc.integer({ min: 1, max: 90 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wake" as const), ticket: nat }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("merge" as const), ticket: nat, into: nat }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("split" as const), ticket: nat, message: nat }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), member, isOffline: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 70 }) }),
  },
);

/** Every customer has written twice, so that there is something to merge and to split off. */
const BEGINNING = [0, 1, 2, 0, 1, 2].map((each): Step => ({ kind: "write", customer: each, quoting: null }));

test("in any history tickets are as the rules have them, and the log explains every one", async ({ annotate }) => {
  // The providers' times have whole seconds.
  ctx.clock.set(new Date(Math.ceil(ctx.clock.now().getTime() / 1_000) * 1_000));
  let steps = 0;
  const end = Date.now() + BUDGET_MS;
  const isOver = (): boolean => steps >= ENOUGH_STEPS && Date.now() > end;
  const history = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50 }), async (list) => {
    if (isOver()) return;
    const world = await openWorld();
    for (const each of [...BEGINNING, ...list]) {
      if (isOver()) break;
      steps += 1;
      await take(world, each);
      await compareAll(world);
    }
    await replayLog(world);
  });
  await fc.assert(history, { numRuns: RUNS, endOnFailure: true });
  expect(steps).toBeGreaterThanOrEqual(ENOUGH_STEPS);
  await annotate(`${steps} steps`);
});
