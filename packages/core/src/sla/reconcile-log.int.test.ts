import { describe, expect, test } from "vitest";
import { slaTimerQueue } from "../sla-clocks/index.ts";
import { createSliceLoader } from "./load-slices.ts";
import { reconcileLog } from "./reconcile-log.ts";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const slices = async () =>
  (await desk.ctx.jobsOn(slaTimerQueue)).filter(({ name }) => name === "fire_slice").map(({ payload }) => payload);

describe("what lost its job with Redis", () => {
  test("is judged all the same, once it is not on its way any more", async () => {
    await desk.promise();
    const { id } = await desk.open();
    await reconcileLog(desk.ctx);
    expect(await desk.timers(id)).toEqual([]);
    desk.passMinutes(1);
    await desk.reconcile();
    expect(await desk.timers(id)).toHaveLength(2);
  });

  test("is not looked at again when somebody has judged it", async () => {
    await desk.promise();
    await desk.open();
    await desk.follow();
    desk.passMinutes(1);
    expect(await desk.reconcile()).toBe(0);
  });

  test("is found behind events of a transaction that ended late", async () => {
    await desk.promise();
    const { ctx, tenantId } = desk;
    const early = await ctx.database.withSystem(async (tx) => {
      // Draws its transaction's number now, and commits after another has written.
      await tx.contact.create({ data: { tenantId, id: tenantId } });
      const ticket = await desk.open();
      desk.passMinutes(1);
      await reconcileLog(ctx);
      expect(await desk.timers(ticket.id)).toEqual([]);
      return ticket;
    });
    expect(await desk.reconcile()).toBe(1);
    expect(await desk.timers(early.id)).toHaveLength(2);
  });
});

describe("what comes due", () => {
  test("is on the queue as a slice of time, when it is near", async () => {
    await desk.promise({ targets: { default: { firstResponseSeconds: 3_600 } } });
    const load = createSliceLoader(desk.ctx);
    const now = desk.ctx.clock.now().getTime();
    for (let n = 0; n < 3; n += 1) await desk.open();
    await desk.follow();
    const at = (Math.floor((now + 3_600_000) / 250) + 1) * 250;
    expect(await slices()).not.toContainEqual({ at });
    await load();
    desk.passMinutes(59.5);
    await load();
    expect(await slices()).toContainEqual({ at });
    expect(await load()).toBe(0);
  });

  test("soon is on the queue at once", async () => {
    await desk.promise({ targets: { default: { firstResponseSeconds: 10 } } });
    const now = desk.ctx.clock.now().getTime();
    await desk.open();
    await desk.follow();
    expect(await slices()).toContainEqual({ at: (Math.floor((now + 10_000) / 250) + 1) * 250 });
  });
});
