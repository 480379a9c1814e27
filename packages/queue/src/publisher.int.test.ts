import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "./testing/index.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineQueue } from "./define-queue.ts";
import { outboxRow } from "./outbox-row.ts";

const common = { attempts: 1, backoff: { baseMs: 1, maxMs: 1 } };
const queue = defineQueue("publisher-test", {
  count: defineJob({
    ...common,
    payload: z.object({ numbers: z.array(z.int()) }),
    jobId: ({ numbers }) => `count-${numbers.join("-")}`,
    merge(payloads) {
      const numbers = payloads.flatMap((payload) => payload.numbers);
      return [{ numbers: numbers.slice(0, 3) }, { numbers: numbers.slice(3) }];
    },
  }),
  later: defineJob({
    ...common,
    payload: z.object({ id: z.uuid(), delayMs: z.int() }),
    jobId: ({ id }) => `later-${id}`,
    delays: () => (payloads) => Promise.resolve(payloads.map((payload) => payload.delayMs)),
  }),
});
const count = (...numbers: number[]) => outboxRow(queue, "count", { numbers });
const later = (delayMs: number) => outboxRow(queue, "later", { id: newId(), delayMs });

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [queue] });
});
afterAll(() => ctx.close());

const jobs = async (name: string) => (await ctx.jobsOn(queue)).filter((job) => job.name === name);

test("jobs that may be merged become fewer, and publishing them again adds none", async () => {
  const rows = [count(1, 2), count(3), count(4)];
  await ctx.publisher.publish(rows);
  await ctx.publisher.publish(rows);
  const published = await jobs("count");
  expect(published.map((job) => job.payload)).toEqual(
    expect.arrayContaining([{ numbers: [1, 2, 3] }, { numbers: [4] }]),
  );
  expect(published).toHaveLength(2);
});

test("one that comes alone keeps its id", async () => {
  await ctx.publisher.publish([count(7)]);
  expect((await jobs("count")).map((job) => job.id)).toContain("count-7");
});

test("a job whose time is known is published with its delay", async () => {
  const [now, then] = [later(0), later(60_000)];
  await ctx.publisher.publish([now, then]);
  const [target] = ctx.publisher.queues();
  expect(await target?.getJobState(now.jobId)).toBe("waiting");
  expect(await target?.getJobState(then.jobId)).toBe("delayed");
});
