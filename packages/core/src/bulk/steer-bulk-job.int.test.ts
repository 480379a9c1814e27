import { describe, expect, test } from "vitest";
import { openDeskForEachTest, untilBlocked, whileHeld, type Desk } from "./bulk.fixture.ts";
import { bulkQueue, CHUNK } from "./bulk-queue.ts";
import { forgetOldBulkJobs } from "./forget-old-bulk-jobs.ts";
import { reconcileBulkJobs } from "./reconcile-bulk-jobs.ts";
import { runChunk } from "./run-chunk.ts";

let desk: Desk;
openDeskForEachTest((opened) => (desk = opened));

const STRANDED_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

const chunkOf = (jobId: string, chunk: number) => ({ tenantId: desk.tenantId, jobId, chunk });
const statesOf = async (jobId: string) => (await desk.rows(jobId)).map(({ state }) => state);

describe("a job that is paused", () => {
  test("changes no further ticket once that is answered, and goes on where it stopped", async () => {
    const tickets = await desk.arrive(5);
    const jobId = await desk.start(tickets);
    const [, , third] = tickets;
    if (!third) throw new Error("it arrived");
    await whileHeld(desk.ctx, third, async (release) => {
      const running = runChunk(desk.ctx, chunkOf(jobId, 1));
      await untilBlocked(desk.ctx, 1);
      const pausing = desk.pause(jobId);
      // It waits for the third ticket, which has its turn.
      await untilBlocked(desk.ctx, 2);
      release();
      expect(await pausing).toBe("PAUSED");
      expect(await statesOf(jobId)).toEqual(["DONE", "DONE", "DONE", "WAITING", "WAITING"]);
      await running;
    });
    expect(await desk.job(jobId)).toMatchObject({ status: "PAUSED", finished: 3, finishedAt: null });
    await desk.work();
    expect(await desk.job(jobId)).toMatchObject({ status: "PAUSED", finished: 3 });

    expect(await desk.resume(jobId)).toBe("RUNNING");
    await desk.work();
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: 5 });
    expect((await desk.now(tickets)).map(({ version }) => version)).toEqual(tickets.map(() => 2));
  });

  test("goes on even if the job of its chunk is about to end when it is resumed", async () => {
    const jobId = await desk.start(await desk.arrive(CHUNK + 1));
    await desk.pause(jobId);
    // Still there, because nobody has taken it.
    expect(await desk.queued()).toEqual([chunkOf(jobId, 1)]);
    await desk.resume(jobId);
    expect(await desk.queued()).toEqual([chunkOf(jobId, 1), chunkOf(jobId, 1)]);
    expect(await desk.work()).toEqual([1, 1, 2].map((chunk) => chunkOf(jobId, chunk)));
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: CHUNK + 1 });
  });

  test("is paused, and goes on, once", async () => {
    const jobId = await desk.start(await desk.arrive(1));
    expect([await desk.pause(jobId), await desk.pause(jobId)]).toEqual(["PAUSED", "PAUSED"]);
    expect([await desk.resume(jobId), await desk.resume(jobId)]).toEqual(["RUNNING", "RUNNING"]);
    const audit = await desk.ctx.database.withSystem((tx) =>
      tx.auditEntry.findMany({ where: { subjectId: jobId }, orderBy: { id: "asc" } }),
    );
    expect(audit).toMatchObject([
      { action: "bulk_job.created", after: { total: 1, change: { category: "seen" } } },
      { action: "bulk_job.paused", before: { status: "running" }, after: { status: "paused" } },
      { action: "bulk_job.resumed", before: { status: "paused" }, after: { status: "running" } },
    ]);
  });
});

describe("a job that is cancelled", () => {
  test("leaves the rest as it is, for good", async () => {
    const tickets = await desk.arrive(CHUNK + 2);
    const jobId = await desk.start(tickets);
    await runChunk(desk.ctx, chunkOf(jobId, 1));
    expect([await desk.cancel(jobId), await desk.cancel(jobId)]).toEqual(["CANCELLED", "CANCELLED"]);
    await desk.work();
    expect((await statesOf(jobId)).slice(CHUNK - 1)).toEqual(["DONE", "WAITING", "WAITING"]);
    expect(await desk.job(jobId)).toMatchObject({ finished: CHUNK, finishedAt: desk.ctx.clock.now() });
    await expect(desk.resume(jobId)).rejects.toMatchObject({ code: "conflict" });
    await expect(desk.pause(jobId)).rejects.toMatchObject({ code: "conflict" });
  });

  test("was not done before", async () => {
    const jobId = await desk.start(await desk.arrive(1));
    await desk.work();
    for (const verb of ["cancel", "pause", "resume"] as const) {
      await expect(desk[verb](jobId)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("This job is done"),
      });
    }
  });
});

describe("a company's jobs", () => {
  test("run one after the other, in their order", async () => {
    const tickets = await desk.arrive(CHUNK + 1);
    const first = await desk.start(tickets, { change: { category: "first" } });
    const second = await desk.start(tickets, { change: { category: "second" } });
    await runChunk(desk.ctx, chunkOf(second, 1));
    expect(await desk.job(second)).toMatchObject({ status: "RUNNING", finished: 0 });
    await desk.work();
    expect([await desk.job(first), await desk.job(second)]).toMatchObject([{ status: "DONE" }, { status: "DONE" }]);
    expect((await desk.now(tickets)).every(({ category, version }) => category === "second" && version === 3)).toBe(
      true,
    );
  });

  test("let the next one go on when one is paused or cancelled, and come back to it when it is resumed", async () => {
    const [first, second, third] = [
      await desk.start(await desk.arrive(2)),
      await desk.start(await desk.arrive(CHUNK + 1)),
      await desk.start(await desk.arrive(1)),
    ];
    await desk.loseRedis();
    await desk.pause(first);
    expect(await desk.queued()).toEqual([chunkOf(second, 1)]);
    await runChunk(desk.ctx, chunkOf(second, 1));
    await desk.loseRedis();
    await desk.resume(first);
    await runChunk(desk.ctx, chunkOf(second, 2));
    expect(await desk.job(second)).toMatchObject({ status: "RUNNING", finished: CHUNK });
    await desk.work();
    for (const jobId of [first, second, third]) expect(await desk.job(jobId)).toMatchObject({ status: "DONE" });

    const [fourth, fifth] = [await desk.start(await desk.arrive(1)), await desk.start(await desk.arrive(1))];
    await desk.loseRedis();
    await desk.cancel(fourth);
    await desk.work();
    expect(await desk.job(fifth)).toMatchObject({ status: "DONE" });
  });
});

describe("a job whose wake-up was lost", () => {
  test("is woken where it stopped, once it has not gone on for long enough", async () => {
    const jobId = await desk.start(await desk.arrive(CHUNK + 1));
    await runChunk(desk.ctx, chunkOf(jobId, 1));
    await desk.loseRedis();
    expect(await reconcileBulkJobs(desk.ctx, STRANDED_MS)).toBe(0);
    desk.ctx.clock.advance(STRANDED_MS + 1);
    expect(await reconcileBulkJobs(desk.ctx, STRANDED_MS)).toBe(1);
    await reconcileBulkJobs(desk.ctx, STRANDED_MS);
    expect(await desk.queued()).toEqual([chunkOf(jobId, 2)]);
    await desk.work();
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: CHUNK + 1 });
    expect(await reconcileBulkJobs(desk.ctx, STRANDED_MS)).toBe(0);
  });

  test("is left alone while it is paused, and while it is not its turn", async () => {
    const [first, second] = [await desk.start(await desk.arrive(1)), await desk.start(await desk.arrive(1))];
    await desk.loseRedis();
    desk.ctx.clock.advance(STRANDED_MS + 1);
    await reconcileBulkJobs(desk.ctx, STRANDED_MS);
    expect(await desk.queued()).toEqual([chunkOf(first, 1)]);
    await desk.pause(first);
    await desk.pause(second);
    await desk.loseRedis();
    expect(await reconcileBulkJobs(desk.ctx, STRANDED_MS)).toBe(0);
  });

  test("is woken again after its chunk's job has failed too often", async () => {
    const jobId = await desk.start(await desk.arrive(1));
    const queue = desk.ctx.publisher.queues().find(({ name }) => name === bulkQueue.name);
    const [queued] = await desk.ctx.jobsOn(bulkQueue);
    // As a failed job does, this one keeps the id of the chunk taken.
    expect(await queue?.getJob(queued?.id ?? "")).toBeDefined();
    desk.ctx.clock.advance(STRANDED_MS + 1);
    await reconcileBulkJobs(desk.ctx, STRANDED_MS);
    desk.ctx.clock.advance(10 * 60_000);
    await reconcileBulkJobs(desk.ctx, STRANDED_MS);
    expect(await desk.queued()).toEqual([1, 1, 1].map((chunk) => chunkOf(jobId, chunk)));
  });

  test("is done when its last rows went away with their tickets", async () => {
    const tickets = await desk.arrive(2);
    const jobId = await desk.start(tickets);
    await desk.read((tx) => tx.bulkRow.deleteMany({ where: { jobId } }));
    desk.ctx.clock.advance(STRANDED_MS + 1);
    await reconcileBulkJobs(desk.ctx, STRANDED_MS);
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE" });
  });
});

test("what was over 30 days ago is forgotten, with its rows, and nothing else is", async () => {
  const old = [await desk.start(await desk.arrive(2)), await desk.start(await desk.arrive(1))];
  await desk.cancel(old[1] ?? "");
  await desk.work();
  const paused = await desk.start(await desk.arrive(1));
  await desk.pause(paused);
  desk.ctx.clock.advance(30 * DAY_MS - 1);
  const recent = await desk.start(await desk.arrive(1));
  await desk.work();
  await forgetOldBulkJobs(desk.ctx);
  expect(await desk.read((tx) => tx.bulkJob.count())).toBe(4);
  desk.ctx.clock.advance(2);
  expect(await forgetOldBulkJobs(desk.ctx)).toBeGreaterThanOrEqual(2);
  const left = await desk.read((tx) => tx.bulkJob.findMany({ orderBy: { id: "asc" } }));
  expect(left.map(({ id }) => id)).toEqual([paused, recent]);
  const rows = await desk.read((tx) => tx.bulkRow.findMany());
  expect(new Set(rows.map(({ jobId }) => jobId))).toEqual(new Set([paused, recent]));
});
