import { createSilentLogger, newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { waitUntil } from "@parley/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { defineJob, defineQueue } from "./define-queue.ts";
import { outboxRow, type OutboxRow } from "./outbox-row.ts";
import { createPublisher } from "./publisher.ts";

// What this process knows; the rows of newer code name more.
const queue = defineQueue("rolling-deploy-test", {
  greet: defineJob({
    payload: z.object({ id: z.uuid() }),
    jobId: ({ id }) => `greet-${id}`,
    attempts: 3,
    backoff: { baseMs: 1, maxMs: 1 },
  }),
});

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue] });
});
afterAll(() => ctx.close());

const knownJob = (): OutboxRow => outboxRow(queue, "greet", { id: newId() });
const newerJob = (job = "greet_warmly"): OutboxRow => {
  const id = newId();
  return { id, queue: queue.name, job, jobId: `${job}-${id}`, payload: { id } };
};
const jobOfNewerQueue = (): OutboxRow => ({ ...newerJob(), queue: "rolling-deploy-test-newer" });

const leaveBehind = (rows: readonly OutboxRow[]) =>
  ctx.database.withSystem((tx) =>
    tx.outbox.createMany({
      data: rows.map(({ payload, ...columns }) => ({ ...columns, payload: payload as object, createdAt: new Date(0) })),
    }),
  );
const left = (row: OutboxRow) => ctx.database.withSystem((tx) => tx.outbox.findUnique({ where: { id: row.id } }));
const published = (row: OutboxRow) => ctx.publisher.queues()[0]?.getJob(row.jobId);

test("the sweep publishes an unknown job of a known queue, to be tried once, and those around it", async () => {
  const newer = newerJob();
  const rows = [knownJob(), newer, knownJob()];
  await leaveBehind(rows);
  expect(await ctx.outbox.sweep()).toBe(3);
  for (const row of rows) {
    expect(await published(row)).toMatchObject({ name: row.job, data: row.payload });
    expect(await left(row)).toBeNull();
  }
  expect((await published(newer))?.opts.attempts).toBe(1);
});

test("the sweep leaves a row of an unknown queue to a process that has it, and publishes those behind it", async () => {
  const [newer, known] = [jobOfNewerQueue(), knownJob()];
  await leaveBehind([newer, known]);
  expect(await ctx.outbox.sweep()).toBe(1);
  expect(await published(known)).toBeDefined();
  expect(await left(newer)).toMatchObject({ jobId: newer.jobId });
});

test("a row of an unknown queue does not keep what was committed with it from its queue", async () => {
  const [newer, known] = [jobOfNewerQueue(), knownJob()];
  await ctx.database.withSystem((tx) => ctx.outbox.enqueue(tx, [newer, known]));
  await waitUntil(async () => (await left(known)) === null, "the known job is published");
  expect(await published(known)).toBeDefined();
  expect(await left(newer)).toMatchObject({ jobId: newer.jobId });
});

test("there is one warning for each unknown job", async () => {
  const logger = createSilentLogger();
  const warn = vi.spyOn(logger, "warn");
  const publisher = createPublisher({ redis: ctx.redis, database: ctx.database, definitions: [queue], logger });
  await waitUntil(() => publisher.redis.status === "ready", "Redis answers");
  for (const job of ["greet_warmly", "greet_coldly", "greet_warmly"]) await publisher.publish([newerJob(job)]);
  expect(warn.mock.calls.map(([details]) => details)).toEqual([
    { queue: queue.name, job: "greet_warmly" },
    { queue: queue.name, job: "greet_coldly" },
  ]);
  await publisher.close();
});
