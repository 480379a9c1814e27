import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { changeRule } from "../rules/index.ts";
import { changeSettings } from "../settings/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

const MINUTE_MS = 60_000;

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const tags = (...some: string[]) => [{ type: "add_tags", tags: some }];
const noAnswer = (waitMinutes: number) =>
  desk.rule({ trigger: "no_answer_timeout", waitMinutes, actions: tags(`waited ${waitMinutes}`) });
const minutes = async () =>
  (await desk.events("NO_ANSWER_TIMEOUT")).map(({ data }) => (data as { minutes: number }).minutes);

describe("a customer whom nobody answers", () => {
  test("is noticed by each rule when its time has passed, since the first message that was not answered", async () => {
    await noAnswer(10);
    await noAnswer(30);
    await desk.hear("Hello");
    const began = desk.ctx.clock.now().getTime();
    desk.ctx.clock.advance(5 * MINUTE_MS);
    await desk.hear("Hello?");
    await desk.fire("no_answer");
    expect(desk.ctx.clock.now().getTime() - began).toBe(10 * MINUTE_MS);
    await desk.run();
    expect((await desk.ticket()).tags).toEqual(["waited 10"]);
    await desk.fire("no_answer");
    await desk.run();
    expect(desk.ctx.clock.now().getTime() - began).toBe(30 * MINUTE_MS);
    expect((await desk.ticket()).tags).toEqual(["waited 10", "waited 30"]);
    expect(await minutes()).toEqual([10, 30]);
    expect(await desk.read((tx) => tx.timer.count({ where: { kind: "no_answer" } }))).toBe(0);
  });

  test("is noticed for all times at once when the worker was down, each once", async () => {
    await noAnswer(10);
    await noAnswer(30);
    await desk.hear("Hello");
    desk.ctx.clock.advance(60 * MINUTE_MS);
    await desk.fire("no_answer");
    expect(await minutes()).toEqual([10, 30]);
  });

  test("is no concern once they were answered", async () => {
    await noAnswer(10);
    await desk.hear("Hello");
    await desk.answer();
    await desk.fire("no_answer");
    expect(await minutes()).toEqual([]);
  });

  test("waits anew when they write after an answer, from then on", async () => {
    await noAnswer(10);
    await desk.hear("Hello");
    await desk.answer();
    desk.ctx.clock.advance(8 * MINUTE_MS);
    await desk.hear("And now?");
    const began = desk.ctx.clock.now().getTime();
    await desk.fire("no_answer");
    expect(await minutes()).toEqual([]);
    await desk.fire("no_answer");
    expect(await minutes()).toEqual([10]);
    expect(desk.ctx.clock.now().getTime() - began).toBe(10 * MINUTE_MS);
  });
});

/** Solved tickets beside the customer's. */
async function solved(count: number): Promise<void> {
  const { id: _theirs, ...like } = await desk.ticket();
  await desk.ctx.database.withSystem((tx) =>
    tx.ticket.createMany({
      data: Array.from({ length: count }, (_empty, index) => ({
        ...like,
        id: newId(),
        number: like.number + BigInt(1 + index),
        status: "RESOLVED" as const,
        attributes: {},
      })),
    }),
  );
}
const due = async () => {
  const events = await desk.events("RULE_DUE");
  return [events.length, new Set(events.map(({ ticketId }) => ticketId)).size];
};
const daily = () =>
  desk.rule({ trigger: "schedule", schedule: { cron: "0 9 * * *", filter: { status: ["resolved"] } } });

describe("a rule with a schedule", () => {
  test("looks at the tickets that its filter finds whenever it comes, in the company's time zone", async () => {
    desk.ctx.clock.set(new Date("2027-03-01T12:00:00Z"));
    await desk.read((tx) => tx.tenant.update({ where: { id: desk.tenantId }, data: { timeZone: "Europe/Paris" } }));
    await desk.write("Hello");
    await desk.rule({
      trigger: "schedule",
      schedule: { cron: "0 9 * * *", filter: { status: ["open"] } },
      actions: [{ type: "add_note", text: "Still open" }],
    });
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-02T08:00:00Z"));
    await desk.run();
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-03T08:00:00Z"));
    await desk.run();
    expect(await desk.read((tx) => tx.message.count({ where: { isInternal: true } }))).toBe(2);
    await desk.read((tx) => tx.ticket.updateMany({ data: { status: "PENDING" } }));
    await desk.fire("run_schedule");
    await desk.run();
    expect(await desk.events("RULE_DUE")).toHaveLength(2);
  });

  test("comes by the new clock when the company's time zone is changed, and not in between", async () => {
    const { tenantId, ctx } = desk;
    ctx.clock.set(new Date("2027-03-01T12:00:00Z"));
    await desk.write("Hello");
    await desk.rule({ trigger: "schedule", schedule: { cron: "0 9 * * *" } });
    const admin = actingAs(ctx, { userId: tenantId, tenantId, role: "ADMIN" });
    await changeSettings(admin, { timeZone: "America/New_York" });
    await desk.fire("run_schedule");
    expect(await desk.events("RULE_DUE")).toEqual([]);
    await desk.fire("run_schedule");
    expect(ctx.clock.now()).toEqual(new Date("2027-03-01T14:00:00Z"));
    expect(await desk.events("RULE_DUE")).toHaveLength(1);
  });

  test("reaches every ticket, a thousand at a time and some seconds apart, and begins anew the next time", async () => {
    desk.ctx.clock.set(new Date("2027-03-01T12:00:00Z"));
    await desk.write("Hello");
    await solved(1_250);
    await daily();
    await desk.fire("run_schedule");
    expect(await due()).toEqual([1_000, 1_000]);
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-02T09:00:05Z"));
    expect(await due()).toEqual([1_250, 1_250]);
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-03T09:00:00Z"));
    expect(await due()).toEqual([2_250, 1_250]);
  });

  test("leaves to the next time what is more than ten thousand", async () => {
    desk.ctx.clock.set(new Date("2027-03-01T12:00:00Z"));
    await desk.write("Hello");
    await solved(1_250);
    const { id } = await daily();
    await desk.fire("run_schedule");
    // As if it had looked at nine pages.
    await desk.read((tx) => tx.aiRule.updateMany({ where: { id }, data: { scheduleCursor: null, schedulePages: 9 } }));
    await desk.fire("run_schedule");
    expect(await due()).toEqual([2_000, 1_000]);
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-03T09:00:00Z"));
    expect(await due()).toEqual([2_250, 1_250]);
  });

  test("gives up a run when it is changed", async () => {
    desk.ctx.clock.set(new Date("2027-03-01T12:00:00Z"));
    await desk.write("Hello");
    await solved(1_000);
    const { id } = await daily();
    await desk.fire("run_schedule");
    await changeRule(desk.manager, { id, coolDownSeconds: 1 });
    await desk.fire("run_schedule");
    expect(desk.ctx.clock.now()).toEqual(new Date("2027-03-03T09:00:00Z"));
    expect(await due()).toEqual([2_000, 1_000]);
  });
});
