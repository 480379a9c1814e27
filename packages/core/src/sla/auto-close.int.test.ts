import type { Prisma } from "@parley/db";
import { createTimerHandlers, type TimerHandler, type TimerKind } from "../timers/index.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { createAutoClose } from "./auto-close.ts";
import { HOUR_MS, openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

async function rule(more: Partial<Prisma.AutoCloseRuleUncheckedCreateInput> = {}): Promise<void> {
  const { tenantId } = desk;
  await desk.revise((tx) =>
    tx.autoCloseRule.create({
      data: { tenantId, status: "WAITING_CUSTOMER", afterSeconds: 24 * 3_600, closesAs: "RESOLVED", ...more },
    }),
  );
}

const NOTICE = { noticeSeconds: 6 * 3_600, noticeText: "We are about to close this." };

const never: TimerHandler = async () => undefined;

/** What the worker does with the ticket's timer, if its time has come. */
async function fireTimer(ticketId: string): Promise<void> {
  const handlers = new Proxy({ auto_close: createAutoClose(desk.ctx.books) } as Record<TimerKind, TimerHandler>, {
    get: (known, kind: TimerKind) => known[kind] ?? never,
  });
  const { fire_timer } = createTimerHandlers(desk.ctx, handlers);
  await fire_timer({ tenantId: desk.tenantId, kind: "auto_close", subjectId: ticketId, dueAt: 0 });
}

const inTenant = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) =>
  desk.ctx.database.withTenant(desk.tenantId, work);
const statusOf = async (id: string) => (await inTenant((tx) => tx.ticket.findFirstOrThrow({ where: { id } }))).status;
const dueAt = async (id: string) =>
  (await inTenant((tx) => tx.timer.findFirst({ where: { subjectId: id, kind: "auto_close" } })))?.dueAt;
const sentTexts = async () =>
  (await inTenant((tx) => tx.message.findMany({ where: { senderType: "SYSTEM" } }))).map(({ content }) => content);
const events = async (ticketId: string) => {
  const types = { in: ["TICKET_CLOSE_ANNOUNCED", "STATUS_CHANGED", "TICKET_AUTO_CLOSED"] };
  const found = await inTenant((tx) =>
    tx.event.findMany({ where: { ticketId, type: types }, orderBy: { seq: "asc" } }),
  );
  return found.map(({ type }) => type);
};

let ticket: Awaited<ReturnType<SlaDesk["open"]>>;
beforeEach(async () => {
  ticket = await desk.open();
});

async function wait(): Promise<number> {
  await desk.answer(ticket.id);
  await desk.status(ticket.id, "WAITING_CUSTOMER");
  await desk.follow();
  return desk.ctx.clock.now().getTime();
}

async function judged(): Promise<number> {
  return (await inTenant((tx) => tx.slaProgress.findFirstOrThrow())).judged;
}

describe("a ticket in which nobody writes", () => {
  test("is closed when its time has come, after the customer was told", async () => {
    await rule(NOTICE);
    const since = await wait();
    expect(await dueAt(ticket.id)).toEqual(new Date(since + 18 * HOUR_MS));
    desk.passMinutes(18 * 60);
    await fireTimer(ticket.id);
    expect(await sentTexts()).toEqual([{ text: NOTICE.noticeText }]);
    expect(await statusOf(ticket.id)).toBe("WAITING_CUSTOMER");
    expect(await dueAt(ticket.id)).toEqual(new Date(since + 24 * HOUR_MS));
    desk.passMinutes(6 * 60);
    await fireTimer(ticket.id);
    expect(await statusOf(ticket.id)).toBe("RESOLVED");
    expect(await events(ticket.id)).toEqual([
      "STATUS_CHANGED",
      "TICKET_CLOSE_ANNOUNCED",
      "STATUS_CHANGED",
      "TICKET_AUTO_CLOSED",
    ]);
    expect(await sentTexts()).toHaveLength(1);
  });

  test("stays open when the customer writes after they were told, and is told again after the next silence", async () => {
    await rule(NOTICE);
    await wait();
    desk.passMinutes(18 * 60);
    await fireTimer(ticket.id);
    desk.passMinutes(60);
    await desk.customerWrites(ticket);
    await desk.status(ticket.id, "OPEN");
    desk.passMinutes(24 * 60);
    await fireTimer(ticket.id);
    expect([await statusOf(ticket.id), await dueAt(ticket.id)]).toEqual(["OPEN", undefined]);
    await wait();
    desk.passMinutes(18 * 60);
    await fireTimer(ticket.id);
    expect((await events(ticket.id)).filter((type) => type === "TICKET_CLOSE_ANNOUNCED")).toHaveLength(2);
  });

  test("waits anew when somebody of the company writes", async () => {
    await rule();
    await wait();
    desk.passMinutes(23 * 60);
    await desk.answer(ticket.id);
    desk.passMinutes(60);
    await fireTimer(ticket.id);
    expect(await statusOf(ticket.id)).toBe("WAITING_CUSTOMER");
    expect(await dueAt(ticket.id)).toEqual(new Date(desk.ctx.clock.now().getTime() + 23 * HOUR_MS));
  });

  test("gives the customer all of the time after a notice that came late", async () => {
    await rule(NOTICE);
    await wait();
    desk.passMinutes(48 * 60);
    await fireTimer(ticket.id);
    expect(await statusOf(ticket.id)).toBe("WAITING_CUSTOMER");
    expect(await dueAt(ticket.id)).toEqual(new Date(desk.ctx.clock.now().getTime() + 6 * HOUR_MS));
  });

  test("is closed though the customer cannot be told, and the log says so", async () => {
    await rule(NOTICE);
    await wait();
    await inTenant((tx) => tx.conversation.updateMany({ data: { windowExpiresAt: desk.ctx.clock.now() } }));
    desk.passMinutes(18 * 60);
    await fireTimer(ticket.id);
    expect(await sentTexts()).toEqual([]);
    const [told] = await inTenant((tx) => tx.event.findMany({ where: { type: "TICKET_CLOSE_ANNOUNCED" } }));
    expect(told?.data).toEqual({ isTold: false });
    desk.passMinutes(6 * 60);
    await fireTimer(ticket.id);
    expect(await statusOf(ticket.id)).toBe("RESOLVED");
  });

  test("that waits already is closed by a rule that comes later", async () => {
    const since = await wait();
    desk.passMinutes(60);
    await rule();
    await desk.judgeAll();
    expect(await dueAt(ticket.id)).toEqual(new Date(since + 24 * HOUR_MS));
  });

  test("that is resolved already is closed by a rule that comes later, and a change of promises looks at none of them", async () => {
    await desk.promise();
    await desk.status(ticket.id, "RESOLVED");
    const since = desk.ctx.clock.now().getTime();
    await desk.judgeAll();
    expect(await judged()).toBe(0);
    desk.passMinutes(60);
    await rule({ status: "RESOLVED", closesAs: "CLOSED" });
    await desk.promise();
    await desk.judgeAll();
    expect(await judged()).toBe(1);
    expect(await dueAt(ticket.id)).toEqual(new Date(since + 24 * HOUR_MS));
    desk.passMinutes(23 * 60);
    await fireTimer(ticket.id);
    expect(await statusOf(ticket.id)).toBe("CLOSED");
    await desk.promise();
    await desk.judgeAll();
    expect(await judged()).toBe(0);
  });
});
