import { actingAs, type TestContext } from "@parley/queue/testing";
import { buildTicket, buildUser, waitForLocks, type BuiltInbox, type BuiltTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { mergeTickets, snoozeTicket, splitTicket } from "../tickets/index.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, text, wamid, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { conversations, messages, tickets } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const [ONE, TWO] = ["33600000001", "33600000002"];

const write = (...list: Value[]) => deliver(ctx, payload(change(number, { messages: list })));
const quoting = (from: string, id: string): Value => ({ ...text(from), context: { from: "x", id } });

/** The ticket, once its customer has written for the first time. */
async function firstTicket(from = ONE): Promise<BuiltTicket> {
  await write(text(from));
  const ticket = (await tickets()).at(-1);
  if (!ticket) throw new Error("a first message opens a ticket");
  return ticket;
}

const set = (id: string, data: Partial<Omit<BuiltTicket, "attributes">>) =>
  ctx.database.withSystem((tx) => tx.ticket.update({ where: { tenantId_id: { tenantId: inbox.tenantId, id } }, data }));
const setConversation = (id: string, data: object) =>
  ctx.database.withSystem((tx) => tx.conversation.updateMany({ where: { id }, data }));

const ticketOf = async (id: string) => (await tickets()).find((ticket) => ticket.id === id);
const conversationOf = async (id: string) => (await conversations()).find((conversation) => conversation.id === id);

const eventsOf = (ticketId: string, ...types: string[]) =>
  ctx.database.withSystem(async (tx) => {
    const rows = await tx.event.findMany({ where: { ticketId, type: { in: types } }, orderBy: { seq: "asc" } });
    return rows.map(({ type, actorType, data }) => ({ type, actorType, data }));
  });

const agentOf = async (availability: "ONLINE" | "OFFLINE") => {
  const { tenantId } = inbox;
  const { id: userId } = await buildUser(ctx, { tenantId });
  await ctx.database.withSystem((tx) => tx.membership.updateMany({ where: { userId }, data: { availability } }));
  return actingAs(ctx, { userId, tenantId });
};

describe("a customer's message", () => {
  test.each(["PENDING", "WAITING_CUSTOMER"] as const)("opens a ticket that is %s", async (status) => {
    const { id, conversationId } = await firstTicket();
    await set(id, { status });
    await setConversation(conversationId, { status: "PENDING" });
    await write(text(ONE), text(ONE));
    expect(await ticketOf(id)).toMatchObject({ status: "OPEN", version: 2, reopenedCount: 0 });
    expect(await conversationOf(conversationId)).toMatchObject({ status: "OPEN" });
    expect(await eventsOf(id, "STATUS_CHANGED")).toEqual([
      {
        type: "STATUS_CHANGED",
        actorType: "CUSTOMER",
        data: { from: status.toLowerCase(), to: "open", because: "customer_wrote" },
      },
    ]);
  });

  test.each(["OPEN", "ESCALATED"] as const)("leaves one alone that is %s", async (status) => {
    const { id } = await firstTicket();
    await set(id, { status });
    await write(text(ONE));
    expect(await ticketOf(id)).toMatchObject({ status, version: 1 });
    expect(await eventsOf(id, "STATUS_CHANGED", "TICKET_WOKEN")).toEqual([]);
  });

  test("wakes one that was put aside, whatever its status, and takes its timer back", async () => {
    const { id } = await firstTicket();
    const agent = await agentOf("ONLINE");
    await snoozeTicket(agent, { id, until: new Date(ctx.clock.now().getTime() + 60_000) });
    await set(id, { status: "ESCALATED" });
    await write(text(ONE));
    expect(await ticketOf(id)).toMatchObject({
      status: "ESCALATED",
      snoozedAt: null,
      snoozedUntil: null,
      version: 3,
    });
    expect(await ctx.database.withSystem((tx) => tx.timer.count({ where: { subjectId: id } }))).toBe(0);
    expect(await eventsOf(id, "STATUS_CHANGED", "TICKET_WOKEN")).toEqual([
      { type: "TICKET_WOKEN", actorType: "CUSTOMER", data: { because: "customer_wrote" } },
    ]);
  });

  test("wakes one that waits and is put aside with one change and both events", async () => {
    const { id } = await firstTicket();
    await set(id, { status: "PENDING", snoozedAt: new Date() });
    await write(text(ONE));
    expect(await ticketOf(id)).toMatchObject({ status: "OPEN", snoozedAt: null, version: 2 });
    expect((await eventsOf(id, "STATUS_CHANGED", "TICKET_WOKEN")).map(({ type }) => type)).toEqual([
      "STATUS_CHANGED",
      "TICKET_WOKEN",
    ]);
  });

  test("is told after what it changed", async () => {
    const { id } = await firstTicket();
    await set(id, { status: "PENDING" });
    await write(text(ONE));
    const told = await eventsOf(id, "TICKET_OPENED", "MESSAGE_RECEIVED", "STATUS_CHANGED");
    expect(told.map(({ type }) => type)).toEqual([
      "TICKET_OPENED",
      "MESSAGE_RECEIVED",
      "STATUS_CHANGED",
      "MESSAGE_RECEIVED",
    ]);
  });
});

describe("a ticket that a customer reopens", () => {
  const ended = { status: "RESOLVED", resolvedAt: new Date() } as const;

  test("goes back to an assignee who is there", async () => {
    const { id, conversationId } = await firstTicket();
    const { actor } = await agentOf("ONLINE");
    await set(id, { ...ended, assigneeId: actor.userId });
    await write(text(ONE));
    expect(await ticketOf(id)).toMatchObject({
      status: "OPEN",
      resolvedAt: null,
      reopenedCount: 1,
      assigneeId: actor.userId,
    });
    expect(await conversationOf(conversationId)).toMatchObject({ status: "OPEN", assigneeId: actor.userId });
    expect(await eventsOf(id, "ASSIGNMENT_CHANGED")).toEqual([]);
  });

  test("is taken from one who is offline, and the log says why", async () => {
    const { id, conversationId } = await firstTicket();
    const { actor } = await agentOf("OFFLINE");
    await set(id, { ...ended, assigneeId: actor.userId });
    await setConversation(conversationId, { status: "RESOLVED", assigneeId: actor.userId });
    await write(text(ONE));
    expect(await ticketOf(id)).toMatchObject({ status: "OPEN", assigneeId: null, version: 2 });
    expect(await conversationOf(conversationId)).toMatchObject({ status: "OPEN", assigneeId: null });
    expect(await eventsOf(id, "ASSIGNMENT_CHANGED")).toEqual([
      {
        type: "ASSIGNMENT_CHANGED",
        actorType: "SYSTEM",
        data: {
          from: { userId: actor.userId, teamId: null },
          to: { userId: null, teamId: null },
          because: "assignee_offline",
        },
      },
    ]);
  });
});

describe("a new ticket", () => {
  const longAgo = { status: "RESOLVED", resolvedAt: new Date(Date.now() - 400 * 24 * 3_600_000) } as const;

  test.each([
    ["OPEN", "ONLINE", true],
    ["PENDING", "ONLINE", true],
    ["RESOLVED", "ONLINE", false],
    ["OPEN", "OFFLINE", false],
  ] as const)(
    "of a conversation that was %s goes to its assignee who is %s: %s",
    async (status, availability, goes) => {
      const { id, conversationId } = await firstTicket();
      const { actor } = await agentOf(availability);
      await set(id, longAgo);
      await setConversation(conversationId, { status, assigneeId: actor.userId });
      await write(text(ONE));
      const assigneeId = goes ? actor.userId : null;
      const opened = (await tickets()).at(-1);
      expect(opened).toMatchObject({ number: 2n, status: "OPEN", assigneeId });
      expect(await conversationOf(conversationId)).toMatchObject({ status: "OPEN", assigneeId });
      const data = goes ? { to: { userId: actor.userId, teamId: null } } : {};
      expect(await eventsOf(opened?.id ?? "", "TICKET_OPENED")).toMatchObject([{ data }]);
    },
  );
});

async function mergedPair(): Promise<{ source: BuiltTicket; target: BuiltTicket }> {
  const source = await firstTicket(ONE);
  const target = await firstTicket(TWO);
  await mergeTickets(await agentOf("ONLINE"), { id: source.id, intoTicketId: target.id });
  return { source, target };
}

/** Somebody has the one ticket; who waits for it does not have the other, with a higher id, yet. */
async function takesInOrder(first: BuiltTicket, second: BuiltTicket, ...batch: Value[]): Promise<void> {
  expect(first.id < second.id).toBe(true);
  let writing: Promise<unknown> | undefined;
  await ctx.database.withSystem(async (tx) => {
    await tx.$queryRaw`select id from ticket where id = ${first.id}::uuid for no key update`;
    writing = write(...batch);
    await waitForLocks(ctx.database, 1);
    await tx.$queryRaw`select id from ticket where id = ${second.id}::uuid for no key update nowait`;
  });
  await writing;
}

describe("tickets of one batch are locked in the order of their ids", () => {
  test("when they are woken", async () => {
    const [first, second] = [await firstTicket(ONE), await firstTicket(TWO)];
    for (const { id } of [first, second]) await set(id, { status: "PENDING" });
    await takesInOrder(first, second, text(TWO), text(ONE));
    expect((await tickets()).map(({ status }) => status)).toEqual(["OPEN", "OPEN"]);
  });

  test("when one is woken and another reopened", async () => {
    const [first, second] = [await firstTicket(ONE), await firstTicket(TWO)];
    await set(first.id, { status: "PENDING" });
    await set(second.id, { status: "RESOLVED", resolvedAt: new Date() });
    await takesInOrder(first, second, text(ONE), text(TWO));
    expect((await tickets()).map(({ status }) => status)).toEqual(["OPEN", "OPEN"]);
  });

  test("when another was merged into one of them", async () => {
    const first = await firstTicket("33600000003");
    const { target } = await mergedPair();
    await set(first.id, { status: "PENDING" });
    await takesInOrder(first, target, text(ONE), text("33600000003"));
    expect(await ticketOf(first.id)).toMatchObject({ status: "OPEN" });
  });
});

describe("where a ticket was merged into that of another conversation", () => {
  test("messages go on there, and wake it with both conversations", async () => {
    const { source, target } = await mergedPair();
    await set(target.id, { status: "PENDING" });
    await setConversation(target.conversationId, { status: "PENDING" });
    await write(text(ONE), text(TWO));
    expect((await messages()).map(({ ticketId }) => ticketId)).toEqual(Array.from({ length: 4 }, () => target.id));
    expect(await ticketOf(target.id)).toMatchObject({ status: "OPEN", version: 3 });
    expect(await eventsOf(target.id, "STATUS_CHANGED")).toHaveLength(1);
    expect(await ticketOf(source.id)).toMatchObject({ status: "CLOSED", mergedIntoId: target.id });
  });

  test("a message in the one conversation alone opens the other as well", async () => {
    const { source, target } = await mergedPair();
    await set(target.id, { status: "WAITING_CUSTOMER" });
    await setConversation(target.conversationId, { status: "PENDING" });
    await write(text(ONE));
    expect(await conversationOf(source.conversationId)).toMatchObject({ status: "OPEN" });
    expect(await conversationOf(target.conversationId)).toMatchObject({ status: "OPEN" });
  });

  test("they go on after a further merge", async () => {
    const { target } = await mergedPair();
    const last = await firstTicket("33600000003");
    await mergeTickets(await agentOf("ONLINE"), { id: target.id, intoTicketId: last.id });
    await write(text(ONE));
    expect(new Set((await messages()).map(({ ticketId }) => ticketId))).toEqual(new Set([last.id]));
  });

  test("the conversation begins anew once the other has ended", async () => {
    const { source, target } = await mergedPair();
    await set(target.id, { status: "RESOLVED", resolvedAt: new Date() });
    await write(text(ONE));
    const opened = (await tickets()).at(-1);
    expect(opened).toMatchObject({ number: 3n, conversationId: source.conversationId, status: "OPEN" });
    expect(await ticketOf(target.id)).toMatchObject({ status: "RESOLVED" });
  });

  test("what comes in both conversations at the same time changes it once", async () => {
    const { target } = await mergedPair();
    for (const round of [2, 3, 4, 5, 6]) {
      await set(target.id, { status: "PENDING" });
      await Promise.all([write(text(ONE)), write(text(TWO))]);
      expect([round, await ticketOf(target.id)]).toMatchObject([round, { status: "OPEN", version: round + 1 }]);
      expect(await eventsOf(target.id, "STATUS_CHANGED")).toHaveLength(round - 1);
    }
  });

  test("what comes while it is merged on finds its way to the last", async () => {
    const { target } = await mergedPair();
    const last = await firstTicket("33600000003");
    const agent = await agentOf("ONLINE");
    await Promise.all([
      mergeTickets(agent, { id: target.id, intoTicketId: last.id }),
      ...Array.from({ length: 5 }, () => write(text(ONE), text(TWO))),
    ]);
    expect(new Set((await messages()).map(({ ticketId }) => ticketId))).toEqual(new Set([last.id]));
    expect(await tickets()).toHaveLength(3);
  });
});

async function splitPair(): Promise<{ main: BuiltTicket; beside: BuiltTicket; quoted: string }> {
  const quoted = wamid();
  await write(text(ONE, { id: quoted }), text(ONE));
  const [main] = await tickets();
  const message = (await messages()).find(({ externalId }) => externalId === quoted);
  if (!main || !message) throw new Error("both were written");
  const { id } = await splitTicket(await agentOf("ONLINE"), {
    id: main.id,
    messageIds: [message.id],
    subject: "Shade",
  });
  const beside = await ticketOf(id);
  if (!beside) throw new Error("it was split off");
  return { main, beside, quoted };
}

const lastTicket = async () => (await messages()).toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1)?.ticketId;

describe("where a ticket was split off", () => {
  test("new messages go on belonging to the first", async () => {
    const { main } = await splitPair();
    await write(text(ONE));
    expect(await lastTicket()).toBe(main.id);
  });

  test("those that quote a message of it belong to it, and wake it and not the first", async () => {
    const { main, beside, quoted } = await splitPair();
    await set(main.id, { status: "PENDING" });
    await set(beside.id, { status: "PENDING" });
    await write(quoting(ONE, quoted));
    expect(await lastTicket()).toBe(beside.id);
    expect(await ticketOf(beside.id)).toMatchObject({ status: "OPEN", version: 2 });
    expect(await ticketOf(main.id)).toMatchObject({ status: "PENDING", version: 2 });
  });

  test("a quotation reopens neither the first, nor it once it has ended", async () => {
    const { main, beside, quoted } = await splitPair();
    await set(main.id, { status: "RESOLVED", resolvedAt: new Date() });
    await write(quoting(ONE, quoted));
    expect(await ticketOf(main.id)).toMatchObject({ status: "RESOLVED" });
    await set(beside.id, { status: "RESOLVED", resolvedAt: new Date() });
    await write(quoting(ONE, quoted));
    expect(await ticketOf(beside.id)).toMatchObject({ status: "RESOLVED" });
    expect(await ticketOf(main.id)).toMatchObject({ status: "OPEN", reopenedCount: 1 });
  });

  test("both are answered in one batch", async () => {
    const { main, beside, quoted } = await splitPair();
    await write(quoting(ONE, quoted), text(ONE), quoting(ONE, "wamid.UNKNOWN"));
    const counts = Map.groupBy(await messages(), ({ ticketId }) => ticketId);
    expect([counts.get(main.id)?.length, counts.get(beside.id)?.length]).toEqual([3, 2]);
  });

  test("with no ticket of its own left, a message that quotes nothing begins anew", async () => {
    const { main } = await splitPair();
    await set(main.id, { status: "RESOLVED", resolvedAt: new Date(Date.now() - 400 * 24 * 3_600_000) });
    await write(text(ONE));
    expect((await tickets()).at(-1)).toMatchObject({ number: 3n, splitFromId: null, status: "OPEN" });
  });
});

test("numbers are drawn without a gap by tickets that are split off while others are opened", async () => {
  const { id, tenantId } = await firstTicket();
  await write(...Array.from({ length: 6 }, () => text(ONE)));
  const agent = await agentOf("ONLINE");
  const mine = (await messages()).filter(({ ticketId }) => ticketId === id).slice(0, 5);
  await Promise.all([
    ...mine.map((message) => splitTicket(agent, { id, messageIds: [message.id], subject: "Shade" })),
    ...Array.from({ length: 5 }, (_empty, index) => write(text(`3360000001${index}`))),
  ]);
  const numbers = (await tickets()).map((ticket) => Number(ticket.number));
  expect(numbers).toEqual(Array.from({ length: 11 }, (_empty, index) => index + 1));
  expect(await ctx.database.withTenant(tenantId, (tx) => tx.ticket.count({ where: { splitFromId: id } }))).toBe(5);
});

test("a ticket that somebody made by hand is taken up like any other", async () => {
  const { conversationId } = await firstTicket();
  await set((await tickets())[0]?.id ?? "", { status: "CLOSED", resolvedAt: new Date() });
  const conversation = await conversationOf(conversationId);
  if (!conversation) throw new Error("there is one");
  const made = await buildTicket(ctx, conversation, { status: "WAITING_CUSTOMER" });
  await write(text(ONE));
  expect(await ticketOf(made.id)).toMatchObject({ status: "OPEN" });
});
