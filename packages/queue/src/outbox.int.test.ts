import { statement } from "@parley/db";
import { createSilentLogger, newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { waitUntil } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineQueue } from "./define-queue.ts";
import { createOutbox } from "./outbox.ts";
import { outboxRow } from "./outbox-row.ts";
import { createPublisher } from "./publisher.ts";

const queue = defineQueue("outbox-test", {
  greet: defineJob({
    payload: z.object({ id: z.uuid() }),
    jobId: ({ id }) => `greet-${id}`,
    attempts: 1,
    backoff: { baseMs: 1, maxMs: 1 },
  }),
});
const row = (id = newId()) => outboxRow(queue, "greet", { id });

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue] });
});
afterAll(() => ctx.close());

const COUNT = statement<{ count: number }>(
  "outbox_test_count",
  "select count(*)::int as count from outbox where id = any($1::uuid[])",
);
const left = async (...ids: string[]) => (await ctx.database.system.rows(COUNT, [ids]))[0]?.count;
const jobIds = async () => (await ctx.jobsOn(queue)).map((job) => job.id);

test("a job is published after the commit of its cause, and its row is gone", async () => {
  const job = row();
  await ctx.database.withSystem((tx) => ctx.outbox.enqueue(tx, [job]));
  expect(await jobIds()).toContain(job.jobId);
  expect(await left(job.id)).toBe(0);
});

test("a job whose cause was rolled back never was", async () => {
  const job = row();
  const rolledBack = ctx.database.withSystem(async (tx) => {
    await ctx.outbox.enqueue(tx, [job]);
    throw new Error("no");
  });
  await expect(rolledBack).rejects.toThrow("no");
  expect(await jobIds()).not.toContain(job.jobId);
  expect(await left(job.id)).toBe(0);
});

test("what is enqueued while Redis is away waits in the outbox until the sweep", async () => {
  const logger = createSilentLogger();
  const publisher = createPublisher({
    redis: { url: "redis://127.0.0.1:1", prefix: "nowhere" },
    database: ctx.database,
    definitions: [queue],
    logger,
  });
  const cutOff = createOutbox({ ...ctx, publisher, logger });
  const jobs = [row(), row()];
  await ctx.database.system.transaction((sql) => cutOff.enqueueSql(sql, jobs));
  await cutOff.close();
  await publisher.close();
  expect(await left(...jobs.map((job) => job.id))).toBe(2);

  expect(await ctx.outbox.sweep()).toBe(0);
  ctx.clock.advance(10_000);
  expect(await ctx.outbox.sweep()).toBe(2);
  expect(await jobIds()).toEqual(expect.arrayContaining(jobs.map((job) => job.jobId)));
});

test("published twice is one job", async () => {
  const id = newId();
  await ctx.publisher.publish([row(id), row(id)]);
  expect((await jobIds()).filter((jobId) => jobId === `greet-${id}`)).toHaveLength(1);
});

test("two sweeps at once publish everything between them, and nothing is left", async () => {
  const jobs = Array.from({ length: 50 }, () => row());
  await ctx.database.withSystem((tx) =>
    tx.outbox.createMany({
      data: jobs.map(({ payload, ...columns }) => ({ ...columns, payload: payload as object, createdAt: new Date(0) })),
    }),
  );
  await Promise.all([ctx.outbox.sweep(), ctx.outbox.sweep()]);
  await waitUntil(async () => (await left(...jobs.map((job) => job.id))) === 0, "the outbox is empty");
  expect(await jobIds()).toEqual(expect.arrayContaining(jobs.map((job) => job.jobId)));
});

test("a payload that its definition refuses is refused before anything is written", () => {
  expect(() => outboxRow(queue, "greet", { id: "not a uuid" })).toThrow("uuid");
});
