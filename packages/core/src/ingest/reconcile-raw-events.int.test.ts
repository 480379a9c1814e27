import { createHash } from "node:crypto";
import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { virtualClock } from "@parley/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ingestQueue } from "../webhooks/index.ts";
import { createIngestHandlers } from "./ingest-handlers.ts";
import { reconcileRawEvents } from "./reconcile-raw-events.ts";

const INTERVAL_MS = 60_000;
/** A moment at which an interval begins. */
const START = new Date("2026-01-01T10:00:00Z");

let ctx: TestContext;

beforeEach(async () => {
  ctx = await createTestContext({ queues: [ingestQueue], clock: virtualClock(START) });
});
afterEach(() => ctx.close());

/** So many webhooks, stored `ageMs` ago, of which no job is left. Returns their ids, in the order of arrival. */
async function strand(count: number, ageMs: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_empty, index) => {
    const id = newId();
    const body = Uint8Array.from(
      Buffer.from(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"calls"}]}],"id":"${id}"}`),
    );
    const bodyHash = Uint8Array.from(createHash("sha256").update(body).digest());
    const receivedAt = new Date(ctx.clock.now().getTime() - ageMs + index);
    return { id, channel: "WHATSAPP", source: "whatsapp", body, bodyHash, receivedAt } as const;
  });
  await ctx.database.withSystem((tx) => tx.rawWebhookEvent.createMany({ data: rows }));
  return rows.map((row) => row.id);
}

/** The ids in the jobs that there are, a list for each job, the largest first. */
async function jobs(): Promise<string[][]> {
  const payloads = (await ctx.jobsOn(ingestQueue)).map((job) =>
    ingestQueue.jobs.apply_raw_events.payload.parse(job.payload),
  );
  return payloads.map((payload) => payload.rawEventIds).toSorted((a, b) => b.length - a.length);
}

const forgetJobs = () => Promise.all(ctx.publisher.queues().map((queue) => queue.obliterate({ force: true })));

test("what has waited for longer than asked is enqueued, and nothing else", async () => {
  const stranded = await strand(3, INTERVAL_MS + 1_000);
  await strand(3, INTERVAL_MS - 1_000);
  const [applied] = await strand(1, INTERVAL_MS + 2_000);
  await ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.update({ where: { id: applied ?? "" }, data: { status: "APPLIED" } }),
  );
  expect(await reconcileRawEvents(ctx, INTERVAL_MS)).toBe(3);
  expect(await jobs()).toEqual([stranded]);
});

test("when nothing waits there is nothing to enqueue", async () => {
  expect(await reconcileRawEvents(ctx, INTERVAL_MS)).toBe(0);
  expect(await jobs()).toEqual([]);
});

test("many are enqueued in several jobs of bounded size, in the order of arrival", async () => {
  const stranded = await strand(450, INTERVAL_MS + 1_000);
  expect(await reconcileRawEvents(ctx, INTERVAL_MS)).toBe(450);
  expect(await jobs()).toEqual([stranded.slice(0, 200), stranded.slice(200, 400), stranded.slice(400)]);
});

test("very many are enqueued a bounded number at a time, the oldest first", async () => {
  const younger = await strand(100, INTERVAL_MS + 1_000);
  const older = await strand(5_000, INTERVAL_MS + 10_000);
  expect(await reconcileRawEvents(ctx, INTERVAL_MS)).toBe(5_000);
  const enqueued = new Set((await jobs()).flat());
  expect(older.every((id) => enqueued.has(id))).toBe(true);
  expect(younger.some((id) => enqueued.has(id))).toBe(false);
});

test("what is enqueued is not enqueued again before the interval has passed, and is after it", async () => {
  const stranded = await strand(3, INTERVAL_MS + 1_000);
  await reconcileRawEvents(ctx, INTERVAL_MS);
  ctx.clock.advance(INTERVAL_MS - 1);
  await reconcileRawEvents(ctx, INTERVAL_MS);
  expect(await jobs()).toEqual([stranded]);
  ctx.clock.advance(1);
  await reconcileRawEvents(ctx, INTERVAL_MS);
  expect(await jobs()).toEqual([stranded, stranded]);
});

test("what lost its job with all of Redis is applied", async () => {
  const stranded = await strand(3, INTERVAL_MS + 1_000);
  await reconcileRawEvents(ctx, INTERVAL_MS);
  await ctx.published();
  await forgetJobs();
  ctx.clock.advance(INTERVAL_MS);
  await reconcileRawEvents(ctx, INTERVAL_MS);
  const handlers = createIngestHandlers(ctx);
  for (const rawEventIds of await jobs()) await handlers.apply_raw_events({ rawEventIds });
  const events = await ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.findMany({ where: { id: { in: stranded } } }),
  );
  expect(events.map((event) => event.status)).toEqual(["IGNORED", "IGNORED", "IGNORED"]);
  expect(await reconcileRawEvents(ctx, INTERVAL_MS)).toBe(0);
});
