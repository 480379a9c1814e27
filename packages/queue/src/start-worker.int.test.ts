import { createSilentLogger, DomainError, newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { waitUntil } from "@parley/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineQueue } from "./define-queue.ts";
import { outboxRow } from "./outbox-row.ts";
import { startWorker, type JobHandlers, type RunningWorker } from "./start-worker.ts";

const queue = defineQueue("worker-test", {
  work: defineJob({
    payload: z.object({ id: z.uuid() }),
    jobId: ({ id }) => `work-${id}`,
    attempts: 3,
    backoff: { baseMs: 1, maxMs: 2 },
  }),
});

let ctx: TestContext;
let worker: RunningWorker | undefined;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue] });
});
afterEach(async () => {
  await worker?.close();
  worker = undefined;
});
afterAll(() => ctx.close());

function handleWith(work: JobHandlers<(typeof queue)["jobs"]>["work"]): void {
  worker = startWorker({ redis: ctx.redis, queue, handlers: { work }, concurrency: 5, logger: createSilentLogger() });
}

const bullQueue = () => {
  const [found] = ctx.publisher.queues();
  if (!found) throw new Error("the queue is published to");
  return found;
};

async function publish(): Promise<string> {
  const id = newId();
  await ctx.publisher.publish([outboxRow(queue, "work", { id })]);
  return id;
}

test("a handler gets the checked payload, and the job is done", async () => {
  const seen: string[] = [];
  handleWith(async ({ id }) => void seen.push(id));
  const id = await publish();
  await waitUntil(() => seen.includes(id), "the job ran");
  await waitUntil(async () => (await bullQueue().getJob(`work-${id}`)) === undefined, "the job is gone");
  expect(seen).toEqual([id]);
});

test("a failing job is tried as often as its definition says, then kept", async () => {
  let tries = 0;
  handleWith(async () => {
    tries += 1;
    throw new Error("no");
  });
  const id = await publish();
  await waitUntil(
    async () => (await (await bullQueue().getJob(`work-${id}`))?.isFailed()) === true,
    "the job has failed",
  );
  expect(tries).toBe(3);
});

test("a refusal is not tried again", async () => {
  let tries = 0;
  handleWith(async () => {
    tries += 1;
    throw new DomainError("not_found", "There is no such thing.");
  });
  const id = await publish();
  await waitUntil(
    async () => (await (await bullQueue().getJob(`work-${id}`))?.isFailed()) === true,
    "the job has failed",
  );
  expect(tries).toBe(1);
});

test("being put off any number of times is no failure", async () => {
  let runs = 0;
  handleWith(async () => {
    runs += 1;
    return runs < 6 ? { runAgainAt: new Date(Date.now() + 5) } : undefined;
  });
  const id = await publish();
  await waitUntil(async () => (await bullQueue().getJob(`work-${id}`)) === undefined, "the job is done");
  expect(runs).toBe(6);
  expect(worker?.runs()).toBe(6);
});

test("a job that nobody knows is dropped, and one with a bad payload is kept as failed", async () => {
  handleWith(async () => undefined);
  await bullQueue().add("yesterday", {}, { jobId: "unknown-job", removeOnComplete: true });
  await bullQueue().add("work", { id: 7 }, { jobId: "bad-payload", attempts: 3 });
  await waitUntil(async () => (await bullQueue().getJob("unknown-job")) === undefined, "the unknown job is gone");
  await waitUntil(
    async () => (await (await bullQueue().getJob("bad-payload"))?.isFailed()) === true,
    "the bad one has failed",
  );
  expect((await bullQueue().getJob("bad-payload"))?.failedReason).toContain("bad payload");
});
