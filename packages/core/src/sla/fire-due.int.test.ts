import { describe, expect, test } from "vitest";
import { fireDue } from "./fire-due.ts";
import { HOUR_MS, MINUTE_MS, openSlaDeskForEachTest, holdConversation, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const targets = (seconds: number) => ({ default: { firstResponseSeconds: seconds } });
const typesOf = async (ticketId: string) => (await desk.told(ticketId)).map(({ type }) => type);

describe("a promise", () => {
  test("begins with the ticket and is met by an answer in time", async () => {
    const policyId = await desk.promise();
    const startedAt = desk.ctx.clock.now();
    const { id } = await desk.open();
    await desk.follow();
    const due = (hours: number) => new Date(startedAt.getTime() + hours * HOUR_MS);
    expect(await desk.timers(id)).toMatchObject([
      { metric: "FIRST_RESPONSE", cycle: 1, policyId, state: "RUNNING", startedAt, breachAt: due(1), dueAt: due(1) },
      { metric: "RESOLUTION", cycle: 1, policyId, state: "RUNNING", startedAt, breachAt: due(4), dueAt: due(4) },
    ]);
    desk.passMinutes(59);
    await desk.answer(id);
    await desk.status(id, "RESOLVED");
    await desk.follow();
    desk.passMinutes(600);
    await desk.fire();
    expect(await desk.timers(id)).toMatchObject([
      { state: "MET", userId: desk.agentId, dueAt: null, lateMs: null },
      { state: "MET", dueAt: null },
    ]);
    expect(await desk.told(id)).toEqual([]);
  });

  test("is warned of at its share, and missed the moment after its last, and each is told once", async () => {
    await desk.promise({ warnAtPercent: 50 });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(30);
    await desk.fire();
    expect(await desk.told(id)).toEqual([]);
    desk.ctx.clock.advance(1);
    await desk.fire();
    await desk.fire();
    expect(await desk.told(id)).toMatchObject([
      { type: "SLA_WARNING", data: { metric: "first_response", remainingMs: 30 * MINUTE_MS - 1 } },
    ]);
    desk.ctx.clock.advance(30 * MINUTE_MS - 1);
    await desk.fire();
    expect(await typesOf(id)).toEqual(["SLA_WARNING"]);
    desk.ctx.clock.advance(1);
    await Promise.all(Array.from({ length: 4 }, () => desk.fire()));
    expect(await desk.told(id)).toMatchObject([
      { type: "SLA_WARNING" },
      { type: "SLA_BREACHED", data: { metric: "first_response", cycle: 1, lateMs: 1 } },
    ]);
  });

  test("that is kept late is told to be, with how late", async () => {
    await desk.promise();
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(61);
    await desk.fire();
    desk.passMinutes(29);
    await desk.answer(id);
    await desk.follow();
    expect(await desk.told(id)).toMatchObject([
      { type: "SLA_BREACHED", data: { lateMs: MINUTE_MS } },
      { type: "SLA_RESTORED", data: { metric: "first_response", lateMs: 30 * MINUTE_MS } },
    ]);
    expect((await desk.timers(id))[0]).toMatchObject({ state: "BREACHED", lateMs: BigInt(30 * MINUTE_MS) });
  });

  test("was met by an answer in time, however late somebody looks", async () => {
    await desk.promise();
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(60);
    await desk.answer(id);
    desk.passMinutes(500);
    await desk.fire();
    await desk.follow();
    expect((await desk.timers(id))[0]).toMatchObject({ state: "MET" });
    expect(await typesOf(id)).toEqual(["SLA_BREACHED"]);
    expect((await desk.told(id))[0]).toMatchObject({ data: { metric: "resolution" } });
  });

  test("was missed by a late answer, though nobody looked before it came", async () => {
    await desk.promise();
    const { id } = await desk.open();
    const startedAt = desk.ctx.clock.now();
    desk.passMinutes(90);
    await desk.answer(id);
    desk.passMinutes(90);
    await desk.follow();
    expect((await desk.timers(id))[0]).toMatchObject({
      state: "BREACHED",
      breachedAt: new Date(startedAt.getTime() + HOUR_MS),
      lateMs: BigInt(30 * MINUTE_MS),
    });
    expect(await typesOf(id)).toEqual(["SLA_BREACHED", "SLA_RESTORED"]);
  });

  test("is not decided while somebody is writing", async () => {
    await desk.promise();
    const { id, conversation } = await desk.open();
    await desk.follow();
    desk.ctx.clock.advance(HOUR_MS + 500);
    const letGo = await holdConversation(desk, conversation.id);
    expect(await fireDue(desk.ctx)).toMatchObject({ isBusy: true });
    desk.ctx.clock.advance(1_000);
    expect(await fireDue(desk.ctx)).toMatchObject({ isBusy: false });
    expect(await desk.told(id)).toEqual([]);
    await letGo();
    expect(await fireDue(desk.ctx)).toEqual({ count: 1, isBusy: false });
    expect(await typesOf(id)).toEqual(["SLA_BREACHED"]);
  });

  test("stands still while the ticket waits for the customer, with what is left of it", async () => {
    await desk.promise();
    const { id } = await desk.open();
    desk.passMinutes(20);
    await desk.status(id, "WAITING_CUSTOMER");
    const pausedAt = desk.ctx.clock.now();
    await desk.follow();
    expect((await desk.timers(id))[0]).toMatchObject({
      state: "PAUSED",
      pausedAt,
      remainingMs: BigInt(40 * MINUTE_MS),
      breachAt: null,
      dueAt: null,
    });
    desk.passMinutes(1_000);
    await desk.fire();
    expect(await desk.told(id)).toEqual([]);
    await desk.status(id, "OPEN");
    await desk.follow();
    const breachAt = new Date(desk.ctx.clock.now().getTime() + 40 * MINUTE_MS);
    expect((await desk.timers(id))[0]).toMatchObject({ state: "RUNNING", pausedAt: null, breachAt });
  });

  test("is open again when its answer is taken back, as if there had been none", async () => {
    await desk.promise();
    const ticket = await desk.open();
    desk.passMinutes(10);
    const messageId = await desk.answer(ticket.id);
    desk.passMinutes(10);
    await desk.customerWrites(ticket);
    await desk.follow();
    expect((await desk.timers(ticket.id)).map(({ metric, state }) => [metric, state])).toEqual([
      ["FIRST_RESPONSE", "MET"],
      ["NEXT_RESPONSE", "RUNNING"],
      ["RESOLUTION", "RUNNING"],
    ]);
    desk.passMinutes(60);
    await desk.cancel(messageId);
    await desk.follow();
    await desk.fire();
    expect((await desk.timers(ticket.id)).map(({ metric, state }) => [metric, state])).toEqual([
      ["FIRST_RESPONSE", "BREACHED"],
      ["RESOLUTION", "RUNNING"],
    ]);
  });

  test("is of the first policy that is for the ticket, and follows its priority and its tags", async () => {
    const vip = await desk.promise({ position: 1, match: { tags: ["vip"] }, targets: targets(600) });
    const urgent = await desk.promise({ position: 2, match: { priorities: ["URGENT"] }, targets: targets(1_200) });
    const other = await desk.promise({ position: 3, targets: targets(3_600) });
    const startedAt = desk.ctx.clock.now();
    const { id } = await desk.open();
    const governed = async () => {
      await desk.follow();
      const [timer] = await desk.timers(id);
      return [timer?.policyId, ((timer?.breachAt?.getTime() ?? 0) - startedAt.getTime()) / 1_000];
    };
    expect(await governed()).toEqual([other, 3_600]);
    desk.passMinutes(1);
    await desk.change(id, { priority: "URGENT" });
    expect(await governed()).toEqual([urgent, 1_200]);
    await desk.change(id, { tags: ["returns", "vip"] });
    expect(await governed()).toEqual([vip, 600]);
    await desk.change(id, { tags: ["returns"] });
    expect(await governed()).toEqual([urgent, 1_200]);
  });

  test("is judged by the tags that the ticket had then, though it has others by the time that somebody looks", async () => {
    await desk.promise({ position: 1, match: { tags: ["vip"] }, targets: targets(600) });
    await desk.promise({ position: 2, targets: targets(36_000) });
    const { id } = await desk.open();
    await desk.change(id, { tags: ["vip"] });
    desk.passMinutes(20);
    await desk.answer(id);
    await desk.change(id, { tags: [] });
    await desk.follow();
    expect((await desk.timers(id))[0]).toMatchObject({ state: "BREACHED", lateMs: BigInt(10 * MINUTE_MS) });
  });

  test("shows the worst of a ticket", async () => {
    await desk.promise({ warnAtPercent: 50 });
    const { id } = await desk.open();
    const worst = async () => {
      const { state } = await desk.ctx.database.withTenant(desk.tenantId, (tx) =>
        tx.slaTicket.findFirstOrThrow({ where: { ticketId: id } }),
      );
      return state;
    };
    await desk.follow();
    expect(await worst()).toBe("ON_TRACK");
    desk.passMinutes(31);
    await desk.fire();
    expect(await worst()).toBe("AT_RISK");
    desk.passMinutes(30);
    await desk.fire();
    expect(await worst()).toBe("BREACHED");
    await desk.answer(id);
    await desk.status(id, "WAITING_CUSTOMER");
    await desk.follow();
    expect(await worst()).toBe("PAUSED");
    await desk.status(id, "RESOLVED");
    await desk.follow();
    expect(await worst()).toBe("NONE");
  });
});
