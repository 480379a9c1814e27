import { describe, expect, test } from "vitest";
import { slaTimerQueue } from "../sla-clocks/index.ts";
import { judgeAnew, reconcileRevisions } from "./judge-anew.ts";
import { HOUR_MS, openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const targets = (seconds: number) => ({ default: { firstResponseSeconds: seconds } });
const progress = () =>
  desk.ctx.database.withSystem((tx) => tx.slaProgress.findUniqueOrThrow({ where: { tenantId: desk.tenantId } }));

/** Those that judge this company's tickets. */
async function jobs() {
  const all = await desk.ctx.jobsOn(slaTimerQueue);
  return all.filter(({ name, payload }) => name === "judge_anew" && JSON.stringify(payload).includes(desk.tenantId));
}

async function changePolicy(id: string, data: object): Promise<void> {
  const { tenantId } = desk;
  await desk.revise((tx) => tx.slaPolicy.update({ where: { tenantId_id: { tenantId, id } }, data }));
}

describe("a change of what is promised", () => {
  test("lets tickets that are older begin", async () => {
    const { id } = await desk.open();
    desk.passMinutes(300);
    await desk.promise();
    const since = desk.ctx.clock.now().getTime();
    await desk.judgeAll();
    expect((await desk.timers(id))[0]).toMatchObject({ state: "RUNNING", breachAt: new Date(since + HOUR_MS) });
    expect(await progress()).toMatchObject({ judged: 1, finishedAt: desk.ctx.clock.now() });
  });

  test("moves what is open, from its beginning, and leaves what is settled", async () => {
    const policy = await desk.promise({ targets: targets(3_600) });
    const startedAt = desk.ctx.clock.now().getTime();
    const [open, answered] = [await desk.open(), await desk.open()];
    desk.passMinutes(30);
    await desk.answer(answered.id);
    await desk.follow();
    await changePolicy(policy, { targets: targets(600) });
    await desk.judgeAll();
    await desk.fire();
    expect((await desk.timers(open.id))[0]).toMatchObject({
      state: "BREACHED",
      breachAt: new Date(startedAt + 600_000),
      breachedAt: desk.ctx.clock.now(),
    });
    expect((await desk.timers(answered.id))[0]).toMatchObject({ state: "MET", targetMs: 3_600_000n });
  });

  test("restores what is not missed any more, and it may be missed again", async () => {
    const policy = await desk.promise({ targets: targets(600) });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(11);
    await desk.fire();
    await changePolicy(policy, { targets: targets(3_600) });
    await desk.judgeAll();
    expect((await desk.timers(id))[0]).toMatchObject({ state: "RUNNING", breachedAt: null });
    desk.passMinutes(50);
    await desk.fire();
    expect((await desk.told(id)).map(({ type }) => type)).toEqual(["SLA_BREACHED", "SLA_RESTORED", "SLA_BREACHED"]);
  });

  test("takes away what nothing promises any more", async () => {
    const policy = await desk.promise({ targets: targets(600) });
    const { id } = await desk.open();
    await desk.follow();
    await changePolicy(policy, { isActive: false });
    await desk.judgeAll();
    desk.passMinutes(60);
    await desk.fire();
    expect(await desk.timers(id)).toMatchObject([{ state: "CANCELLED", dueAt: null }]);
    expect(await desk.told(id)).toEqual([]);
  });

  test("of business hours, holidays and time zone moves what goes by them", async () => {
    desk.ctx.clock.set(new Date("2027-01-04T08:00:00Z"));
    await desk.promise({ clock: "BUSINESS_HOURS", targets: targets(4 * 3_600) });
    const { id } = await desk.open();
    await desk.follow();
    const breachAt = async () => (await desk.timers(id))[0]?.breachAt?.toISOString();
    expect(await breachAt()).toBe("2027-01-04T12:00:00.000Z");
    const settings = async (data: object) => {
      await desk.revise((tx) => tx.tenant.update({ where: { id: desk.tenantId }, data }));
      await desk.judgeAll();
    };
    const day = [{ from: "09:00", to: "12:00" }];
    await settings({ businessHours: { monday: day, tuesday: day } });
    expect(await breachAt()).toBe("2027-01-05T10:00:00.000Z");
    await settings({ timeZone: "Europe/Paris" });
    expect(await breachAt()).toBe("2027-01-05T09:00:00.000Z");
    await settings({ holidays: [{ date: "2027-01-05" }] });
    expect(await breachAt()).toBe("2027-01-11T09:00:00.000Z");
  });

  test("that is wrong about a ticket at the moment of firing does not miss it: the rules decide, not the row", async () => {
    const policy = await desk.promise({ targets: targets(600) });
    const { id } = await desk.open();
    await desk.follow();
    desk.passMinutes(5);
    await changePolicy(policy, { targets: targets(3_600) });
    desk.passMinutes(6);
    await desk.fire();
    expect(await desk.told(id)).toEqual([]);
    expect((await desk.timers(id))[0]).toMatchObject({ state: "RUNNING", targetMs: 3_600_000n });
  });
});

describe("judging anew", () => {
  test("goes on where it was, and a job that is not the next does nothing", async () => {
    await desk.promise();
    await desk.open();
    const { revision } = await progress();
    const job = { tenantId: desk.tenantId, revision, position: 0 };
    await judgeAnew(desk.ctx, { ...job, position: 1 });
    await judgeAnew(desk.ctx, { ...job, revision: revision + 1 });
    expect(await progress()).toMatchObject({ position: 0, finishedAt: null });
    await desk.judgeAll();
    const { finishedAt } = await progress();
    await judgeAnew(desk.ctx, job);
    expect(await progress()).toMatchObject({ position: 1, judged: 1, finishedAt });
  });

  test("has a job at once, and another when that is lost", async () => {
    await desk.promise();
    expect(await jobs()).toHaveLength(1);
    await reconcileRevisions(desk.ctx);
    expect(await jobs()).toHaveLength(1);
    desk.passMinutes(1);
    await reconcileRevisions(desk.ctx);
    expect(await jobs()).toHaveLength(2);
    await desk.judgeAll();
  });

  test("waits for transactions that have not seen the revision", async () => {
    const { ctx, tenantId } = desk;
    let outcome: unknown;
    await ctx.database.withSystem(async (tx) => {
      await tx.contact.create({ data: { tenantId, id: tenantId } });
      await desk.promise();
      const { revision } = await progress();
      outcome = await judgeAnew(ctx, { tenantId, revision, position: 0 });
    });
    expect(outcome).toMatchObject({ runAgainAt: expect.any(Date) });
    expect(await progress()).toMatchObject({ finishedAt: null });
    await desk.judgeAll();
    expect((await progress()).finishedAt).not.toBeNull();
  });

  test("that waits for them is not taken for lost", async () => {
    const { ctx, tenantId } = desk;
    await desk.promise();
    const { revision } = await progress();
    let waiting = 0;
    await ctx.database.withSystem(async (tx) => {
      await tx.contact.create({ data: { tenantId, id: tenantId } });
      await changePolicy(await desk.promise(), { warnAtPercent: 10 });
      desk.passMinutes(1);
      await judgeAnew(ctx, { tenantId, revision: revision + 2, position: 0 });
      await reconcileRevisions(ctx);
      waiting = (await jobs()).length;
    });
    // One of each revision.
    expect(waiting).toBe(revision + 2);
    await desk.judgeAll();
  });
});
