import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWebhookAcceptor } from "./accept-webhook.ts";
import { ingestQueue } from "./ingest-queue.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [ingestQueue] });
});
afterAll(() => ctx.close());

const webhook = (size = 0) => ({
  channel: "WHATSAPP" as const,
  source: "whatsapp",
  body: Buffer.from(`{"id":"${newId()}","padding":"${"x".repeat(size)}"}`),
});

test("large webhooks that come at once are stored, and each is in a job", async () => {
  const acceptor = createWebhookAcceptor(ctx);
  await Promise.all(Array.from({ length: 5 }, () => acceptor.accept(webhook(3_000_000))));
  expect(await ctx.database.withSystem((tx) => tx.rawWebhookEvent.count())).toBe(5);
  const batches = (await ctx.jobsOn(ingestQueue)).map((job) =>
    ingestQueue.jobs.apply_raw_events.payload.parse(job.payload),
  );
  expect(new Set(batches.flatMap((batch) => batch.rawEventIds)).size).toBe(5);
});

test("when too many wait, one more is refused at once, and none of the others is lost", async () => {
  const acceptor = createWebhookAcceptor(ctx);
  const before = await ctx.database.withSystem((tx) => tx.rawWebhookEvent.count());
  const accepted = Array.from({ length: 20_000 }, () => acceptor.accept(webhook()));
  await expect(acceptor.accept(webhook())).rejects.toMatchObject({ code: "unavailable" });
  await Promise.all(accepted);
  expect(await ctx.database.withSystem((tx) => tx.rawWebhookEvent.count())).toBe(before + 20_000);
});
