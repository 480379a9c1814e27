import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { handleByTenant } from "./handle-by-tenant.ts";
import { defineSubscriberQueue, type EventsOfTenant } from "./subscription.ts";

const queue = defineSubscriberQueue("by-tenant-test");

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue] });
});
afterAll(() => ctx.close());

let seq = 0;
const events = (count = 2): EventsOfTenant => ({
  tenantId: newId(),
  seqs: Array.from({ length: count }, () => String((seq += 1))),
});

let handled: string[];
beforeEach(() => {
  handled = [];
});
const LATER = new Date("2030-01-01T00:00:00Z");

/** Handlers that fail for one tenant and put another off. */
const handlers = ({ failing, late }: Partial<Record<"failing" | "late", EventsOfTenant>> = {}) =>
  handleByTenant(ctx, queue, async ({ tenantId }) => {
    if (tenantId === failing?.tenantId) throw new Error("poison");
    if (tenantId === late?.tenantId) return { runAgainAt: LATER };
    handled.push(tenantId);
  });
const jobsAbout = async (...about: EventsOfTenant[]) => {
  const jobs = (await ctx.jobsOn(queue)).map(({ payload }) => payload);
  return jobs.filter((payload) => about.some(({ tenantId }) => JSON.stringify(payload).includes(tenantId)));
};

describe("a job about several tenants", () => {
  test("is handled for each of them", async () => {
    const all = [events(), events(), events()];
    await handlers().handle_events({ events: all });
    expect(handled).toEqual(all.map(({ tenantId }) => tenantId));
    expect(await jobsAbout(...all)).toEqual([]);
  });

  test("goes on, for whom it could not be handled, in a job of their own", async () => {
    const [fine, failing, late] = [events(), events(), events()];
    expect(await handlers({ failing, late }).handle_events({ events: [failing, fine, late] })).toBeUndefined();
    expect(handled).toEqual([fine.tenantId]);
    const jobs = await jobsAbout(fine, failing, late);
    expect(jobs).toHaveLength(2);
    expect(jobs).toEqual(expect.arrayContaining([{ events: [failing] }, { events: [late] }]));
  });
});

describe("a job about one tenant", () => {
  test("fails with it", async () => {
    const failing = events();
    await expect(handlers({ failing }).handle_events({ events: [failing] })).rejects.toThrow("poison");
    expect(await jobsAbout(failing)).toEqual([]);
  });

  test("is put off with it", async () => {
    const late = events();
    expect(await handlers({ late }).handle_events({ events: [late] })).toEqual({ runAgainAt: LATER });
  });
});

test("a job as it was before jobs told of several tenants is understood", () => {
  const { tenantId, seqs } = events();
  expect(queue.jobs.handle_events.payload.parse({ tenantId, seqs, again: 5 })).toEqual({
    events: [{ tenantId, seqs }],
    again: 5,
  });
});
