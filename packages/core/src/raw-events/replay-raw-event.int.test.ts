import { newId } from "@parley/runtime";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { buildInbox, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngestHandlers } from "../ingest/index.ts";
import { change, deliver, payload, text } from "../ingest/webhook.fixture.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { listRawEvents } from "./list-raw-events.ts";
import { replayRawEvent } from "./replay-raw-event.ts";
import { listRawEventsQuery } from "./schemas.ts";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [ingestQueue] });
});

afterAll(() => ctx.close());

/** What the ingest worker would do now. */
async function workOffJobs(): Promise<void> {
  const handlers = createIngestHandlers(ctx);
  for (const job of await ctx.jobsOn(ingestQueue)) {
    await handlers.apply_raw_events(ingestQueue.jobs.apply_raw_events.payload.parse(job.payload));
  }
}

test("an event of an unknown number is applied once its inbox exists, and no more often than that", async () => {
  const tenant = await buildTenant(ctx);
  const number = "106540352242999";
  await deliver(ctx, payload(change(number, { messages: [text("4915112345678")] })));
  const platform = actingAs(ctx, { userId: newId(), tenantId: null, isSuperAdmin: true });
  const [event] = (await listRawEvents(platform, listRawEventsQuery.parse({}))).data;
  expect(event).toMatchObject({ status: "quarantined", reason: "unknown_inbox", inboxId: null });

  const inbox = await buildInbox(ctx, { tenantId: tenant.id, externalId: number });
  const id = event?.id ?? "";
  for (let time = 1; time <= 2; time += 1) {
    expect(await replayRawEvent(platform, { id })).toMatchObject({ status: "received" });
    await workOffJobs();
  }

  const admin = actingAs(ctx, { userId: newId(), tenantId: tenant.id, role: "ADMIN" });
  const { data } = await listRawEvents(admin, listRawEventsQuery.parse({ inboxId: inbox.id }));
  expect(data).toMatchObject([{ id, status: "applied", reason: null, inboxId: inbox.id, attempts: 3 }]);
  expect(await ctx.database.withTenant(tenant.id, (tx) => tx.message.count())).toBe(1);
});
