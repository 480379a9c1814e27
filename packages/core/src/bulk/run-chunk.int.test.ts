import { type Database } from "@parley/db";
import { startWorker } from "@parley/queue";
import type { TestContext } from "@parley/queue/testing";
import { createSilentLogger, newId } from "@parley/runtime";
import { buildUser, waitUntil } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { openDeskForEachTest, untilBlocked, whileHeld, type Desk } from "./bulk.fixture.ts";
import { createBulkHandlers } from "./bulk-handlers.ts";
import { bulkQueue, CHUNK } from "./bulk-queue.ts";
import { runChunk } from "./run-chunk.ts";

let desk: Desk;
openDeskForEachTest((opened) => (desk = opened));

const chunkOf = (jobId: string, chunk: number) => ({ tenantId: desk.tenantId, jobId, chunk });
const statesOf = async (jobId: string) => (await desk.rows(jobId)).map(({ state }) => state);
const eventsOf = (ticketId: string | undefined) =>
  desk.read((tx) => tx.event.findMany({ where: { ticketId: ticketId ?? "" }, orderBy: { seq: "asc" } }));

/** The database as a process sees it that is killed as it begins its nth transaction of a tenant from now on. */
function dyingAt(transaction: number): TestContext {
  const { database } = desk.ctx;
  let begun = 0;
  const withTenant: Database["withTenant"] = (tenantId, work) => {
    begun += 1;
    if (begun >= transaction) throw Object.assign(new Error("the process is gone"), { code: "ECONNRESET" });
    return database.withTenant(tenantId, work);
  };
  return { ...desk.ctx, database: { ...database, withTenant } };
}

/** Why every row of a job was refused. */
async function refusedFor(jobId: string): Promise<string | null | undefined> {
  await desk.work();
  const rows = await desk.rows(jobId);
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["FAILED"]));
  expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: rows.length, failed: rows.length });
  return rows[0]?.error;
}

describe("a bulk job", () => {
  test("changes its tickets in the name of whoever has started it, each as if alone", async () => {
    const tickets = await desk.arrive(3);
    const assigneeId = await desk.hire("AGENT");
    const jobId = await desk.start(tickets, {
      change: { status: "pending", priority: "high", assigneeId, addTags: ["a", "b"], removeTags: ["b"] },
    });
    await desk.work();
    const after = await desk.now(tickets);
    for (const [index, ticket] of after.entries()) {
      const is = { status: "PENDING", priority: "HIGH", assigneeId, tags: ["a"], version: 2 };
      expect(ticket).toMatchObject({ ...is, number: tickets[index]?.number });
    }
    expect(await eventsOf(tickets[0]?.id)).toMatchObject(
      ["STATUS_CHANGED", "PRIORITY_CHANGED", "ASSIGNMENT_CHANGED", "TICKET_CHANGED"].map((type) => ({
        type,
        actorType: "AGENT",
        actorId: desk.manager,
        data: expect.objectContaining({ because: "bulk_job" }),
      })),
    );
    const conversations = await desk.read((tx) => tx.conversation.findMany());
    expect(conversations).toMatchObject(tickets.map(() => ({ status: "PENDING", assigneeId })));
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", total: 3, finished: 3, failed: 0 });
    expect((await desk.job(jobId)).finishedAt).toEqual(desk.ctx.clock.now());
  });

  test("tells of each ticket whether it was changed, was so already, or why it could not be", async () => {
    const [changed, same, merged] = await desk.arrive(3);
    if (!changed || !same || !merged) throw new Error("they arrived");
    await desk.read(async (tx) => {
      await tx.ticket.updateMany({ where: { id: same.id }, data: { category: "seen" } });
      await tx.ticket.updateMany({ where: { id: merged.id }, data: { mergedIntoId: same.id, status: "CLOSED" } });
    });
    const before = await desk.now([same, merged]);
    const jobId = await desk.start([merged, same, changed]);
    await desk.work();
    expect(await desk.rows(jobId)).toMatchObject([
      { ticketId: merged.id, state: "FAILED", error: expect.stringContaining("merged into another") },
      { ticketId: same.id, state: "UNCHANGED", error: null },
      { ticketId: changed.id, state: "DONE", error: null },
    ]);
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: 3, failed: 1 });
    expect(await desk.now([same, merged])).toEqual(before);
    expect(await eventsOf(same.id)).toEqual([]);
  });

  test("does what a manager may do: it reopens what is closed", async () => {
    const tickets = await desk.arrive(1);
    await desk.read((tx) => tx.ticket.updateMany({ data: { status: "CLOSED", resolvedAt: new Date() } }));
    const jobId = await desk.start(tickets, { change: { status: "open" } });
    await desk.work();
    expect(await statesOf(jobId)).toEqual(["DONE"]);
    expect(await desk.now(tickets)).toMatchObject([{ status: "OPEN", reopenedCount: 1 }]);
  });

  test("goes on chunk by chunk, one of which is on the queue at a time", async () => {
    const tickets = await desk.arrive(2 * CHUNK + 1);
    const jobId = await desk.start(tickets);
    expect(await desk.queued()).toEqual([chunkOf(jobId, 1)]);
    expect(await desk.work()).toEqual([1, 2, 3].map((chunk) => chunkOf(jobId, chunk)));
    expect(new Set(await statesOf(jobId))).toEqual(new Set(["DONE"]));
    expect((await desk.now(tickets)).every(({ category, version }) => category === "seen" && version === 2)).toBe(true);
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: 2 * CHUNK + 1 });
  });

  test("runs to its end by a worker", async () => {
    const tickets = await desk.arrive(CHUNK + 3);
    const jobId = await desk.start(tickets);
    const { ctx } = desk;
    const worker = startWorker({
      redis: ctx.redis,
      queue: bulkQueue,
      handlers: createBulkHandlers(ctx),
      concurrency: 2,
      logger: createSilentLogger(),
    });
    try {
      await waitUntil(async () => (await desk.job(jobId)).status === "DONE", "the job is done", 20_000);
    } finally {
      await worker.close();
    }
    expect((await desk.now(tickets)).every(({ version }) => version === 2)).toBe(true);
  });
});

describe("each ticket is changed once", () => {
  test("when a worker dies in the middle of a chunk and another one goes on", async () => {
    const tickets = await desk.arrive(6);
    const jobId = await desk.start(tickets);
    // The first transaction reads the job.
    await expect(runChunk(dyingAt(4), chunkOf(jobId, 1))).rejects.toThrow("the process is gone");
    expect(await desk.job(jobId)).toMatchObject({ status: "RUNNING", finished: 2 });
    expect(await statesOf(jobId)).toEqual(["DONE", "DONE", "WAITING", "WAITING", "WAITING", "WAITING"]);
    await desk.work();
    expect((await desk.now(tickets)).map(({ version }) => version)).toEqual(tickets.map(() => 2));
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: 6 });
  });

  test("with its result, or not at all", async () => {
    const tickets = await desk.arrive(CHUNK + 1);
    const jobId = await desk.start(tickets);
    const outbox = { ...desk.ctx.outbox, enqueue: () => Promise.reject(new Error("Connection terminated")) };
    // The last row of a chunk enqueues the next one.
    await expect(runChunk({ ...desk.ctx, outbox }, chunkOf(jobId, 1))).rejects.toThrow("Connection terminated");
    expect((await desk.now(tickets)).map(({ version }) => version)).toEqual([
      ...Array.from({ length: CHUNK - 1 }, () => 2),
      1,
      1,
    ]);
    expect((await statesOf(jobId)).slice(CHUNK - 2)).toEqual(["DONE", "WAITING", "WAITING"]);
    await desk.work();
    expect((await desk.now(tickets)).every(({ version }) => version === 2)).toBe(true);
  });

  test("when a chunk runs several times at once, and again later", async () => {
    const tickets = await desk.arrive(CHUNK + 5);
    const jobId = await desk.start(tickets);
    await Promise.all([1, 1, 1].map((chunk) => runChunk(desk.ctx, chunkOf(jobId, chunk))));
    expect(await desk.queued()).toEqual([chunkOf(jobId, 1), chunkOf(jobId, 2)]);
    await desk.work();
    await runChunk(desk.ctx, chunkOf(jobId, 1));
    expect((await desk.now(tickets)).every(({ version }) => version === 2)).toBe(true);
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: CHUNK + 5, failed: 0 });
  });

  test("and a row that nobody could foresee is given up, and logged", async () => {
    const tickets = await desk.arrive(2);
    const jobId = await desk.start(tickets);
    const logged: unknown[] = [];
    const logger = { ...createSilentLogger(), error: (fields: unknown) => logged.push(fields) };
    let isFirst = true;
    const { clock } = desk.ctx;
    const now = (): Date => {
      if (!isFirst) return clock.now();
      isFirst = false;
      throw new Error("nobody foresaw this");
    };
    await runChunk({ ...desk.ctx, logger: logger as never, clock: { ...clock, now } }, chunkOf(jobId, 1));
    expect(await desk.rows(jobId)).toMatchObject([
      { state: "FAILED", error: expect.stringContaining("unexpected") },
      { state: "DONE" },
    ]);
    expect(await desk.now(tickets)).toMatchObject([{ version: 1 }, { version: 2 }]);
    expect(logged).toMatchObject([{ ticketId: tickets[0]?.id }]);
  });
});

describe("whoever has started it", () => {
  test("needs the role when a chunk's turn comes", async () => {
    const tickets = await desk.arrive(CHUNK + 5);
    const jobId = await desk.start(tickets);
    await runChunk(desk.ctx, chunkOf(jobId, 1));
    await desk.read((tx) => tx.membership.updateMany({ where: { userId: desk.manager }, data: { role: "AGENT" } }));
    await desk.work();
    const rows = await desk.rows(jobId);
    expect(rows.map(({ state }) => state)).toEqual(tickets.map((_, index) => (index < CHUNK ? "DONE" : "FAILED")));
    expect(rows.at(-1)?.error).toContain("needs the role manager");
    expect(await desk.job(jobId)).toMatchObject({ status: "DONE", finished: CHUNK + 5, failed: 5 });
  });

  test("is still a member", async () => {
    const jobId = await desk.start(await desk.arrive(2));
    await desk.read((tx) => tx.membership.deleteMany({ where: { userId: desk.manager } }));
    expect(await refusedFor(jobId)).toContain("no member of the company any more");
  });

  test("works for a company that is open", async () => {
    const jobId = await desk.start(await desk.arrive(2));
    await desk.ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: desk.tenantId }, data: { status: "CLOSED" } }),
    );
    expect(await refusedFor(jobId)).toBeDefined();
  });

  test("may be a key, while it is not revoked", async () => {
    const key = {
      tenantId: desk.tenantId,
      name: "Shop",
      prefix: "pk",
      role: "MANAGER" as const,
      createdBy: desk.manager,
    };
    const [good, revoked] = [newId(), newId()];
    await desk.ctx.database.withSystem((tx) =>
      tx.apiKey.createMany({
        data: [good, revoked].map((id) => ({
          ...key,
          id,
          scopes: ["bulk.run", "tickets.change"],
          keyHash: Uint8Array.from(Buffer.from(id)),
          revokedAt: id === revoked ? new Date() : null,
        })),
      }),
    );
    const [first, second] = [await desk.start(await desk.arrive(1)), await desk.start(await desk.arrive(1))];
    await desk.read(async (tx) => {
      await tx.bulkJob.updateMany({ where: { id: first }, data: { createdBy: good } });
      await tx.bulkJob.updateMany({ where: { id: second }, data: { createdBy: revoked } });
    });
    await desk.work();
    expect([await statesOf(first), await statesOf(second)]).toEqual([["DONE"], ["FAILED"]]);
    const [event] = await eventsOf((await desk.rows(first))[0]?.ticketId);
    expect(event).toMatchObject({ actorType: "SYSTEM", actorId: null });
  });

  test("may be one of the platform's administrators, who is no member", async () => {
    const { id: by } = await buildUser(desk.ctx, { isSuperAdmin: true });
    const jobId = await desk.start(await desk.arrive(2), { by, isSuperAdmin: true });
    await desk.work();
    expect(await statesOf(jobId)).toEqual(["DONE", "DONE"]);
  });
});

test("a message that arrives during a job of thousands waits for no other ticket than its own", async () => {
  const { ctx, inbox } = desk;
  const number = inbox.externalId ?? "";
  const hello = (from: string) => payload(change(number, { messages: [text(from)] }));
  const people = ["33600000001", "33600000002", "33600000003"];
  await deliver(ctx, ...people.map(hello));
  const written = await desk.read((tx) => tx.ticket.findMany({ orderBy: { number: "asc" } }));
  const [before, held, after] = written;
  if (!before || !held || !after) throw new Error("they arrived");
  const jobId = await desk.start([before, held, after, ...(await desk.arrive(3_000))]);
  await whileHeld(ctx, held, async (release) => {
    const running = runChunk(ctx, chunkOf(jobId, 1));
    // The chunk has changed the first ticket and waits for the second; it would wait for ten seconds.
    await untilBlocked(ctx, 1);
    expect((await statesOf(jobId)).slice(0, 3)).toEqual(["DONE", "WAITING", "WAITING"]);
    await deliver(ctx, hello("33600000001"), hello("33600000003"));
    const received = await desk.read((tx) =>
      tx.message.findMany({ where: { ticketId: { in: [before.id, after.id] } } }),
    );
    expect(received).toHaveLength(4);
    expect((await statesOf(jobId)).slice(0, 3)).toEqual(["DONE", "WAITING", "WAITING"]);
    release();
    await running;
  });
  expect(await desk.job(jobId)).toMatchObject({ status: "RUNNING", finished: CHUNK, failed: 0, total: 3_003 });
});
