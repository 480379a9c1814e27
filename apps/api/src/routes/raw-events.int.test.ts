import { ingestQueue } from "@parley/core/webhooks";
import { newId } from "@parley/runtime";
import { buildInbox, buildRawEvent } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;
let platform: Client;

openDeskForEachTest((opened) => ({ api, desk, admin, platform } = opened));

beforeEach(async () => {
  await api.context.database.withSystem((tx) => tx.rawWebhookEvent.deleteMany());
});

test("a raw event shows what arrived, as JSON where it is JSON", async () => {
  const inbox = await buildInbox(api.context, { tenantId: desk.tenant.id });
  const event = await buildRawEvent(api.context, {
    tenantId: desk.tenant.id,
    inboxId: inbox.id,
    body: '{"entry":[1]}',
    status: "QUARANTINED",
    reason: "message without id",
    appliedAt: null,
    ignoredParts: { "messages.errors": 2 },
  });
  const answer = await desk.client.get(`/raw-events/${event.id}`);
  expect(answer.status).toBe(200);
  expect(answer.body.data).toEqual({
    id: event.id,
    channel: "whatsapp",
    inboxId: inbox.id,
    status: "quarantined",
    reason: "message without id",
    receivedAt: event.receivedAt.toISOString(),
    appliedAt: null,
    attempts: 1,
    ignoredParts: { "messages.errors": 2 },
    body: { entry: [1] },
  });
  const text = await buildRawEvent(api.context, { tenantId: desk.tenant.id, body: "not JSON" });
  expect((await desk.client.get(`/raw-events/${text.id}`)).body.data.body).toBe("not JSON");
});

test("raw events are filtered and paged, newest first, without their bodies", async () => {
  const tenantId = desk.tenant.id;
  const { id: inboxId } = await buildInbox(api.context, { tenantId });
  const old = await buildRawEvent(api.context, { tenantId, receivedAt: new Date("2026-01-01T00:00:00Z") });
  const wanted = await buildRawEvent(api.context, { tenantId, inboxId, status: "IGNORED" });
  for (const query of ["status=ignored", `inboxId=${inboxId}`, "since=2026-01-02T00:00:00%2B01:00"]) {
    const { body } = await desk.client.get(`/raw-events?${query}`);
    expect([query, body.data.map((row: { id: string }) => row.id)]).toEqual([query, [wanted.id]]);
    expect(body.data[0]).not.toHaveProperty("body");
  }
  expect((await readAll(desk.client, "/raw-events?limit=1")).map((row) => row.id)).toEqual([wanted.id, old.id]);
  expect((await desk.client.get("/raw-events?since=yesterday")).status).toBe(400);
  expect((await desk.client.get("/raw-events?since=0000-01-01T00:00:00Z")).status).toBe(400);
});

test("a replay brings any raw event to be applied again, each time", async () => {
  const event = await buildRawEvent(api.context, {
    tenantId: desk.tenant.id,
    status: "QUARANTINED",
    reason: "unreadable",
  });
  const answers = [
    await admin.post(`/raw-events/${event.id}/replay`),
    await admin.post(`/raw-events/${event.id}/replay`),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { status: "received", reason: null, appliedAt: null } },
    });
  }
  const jobs = await api.context.jobsOn(ingestQueue);
  // What is published together may share a job.
  const brought = jobs.flatMap((job) => (job.payload as { rawEventIds: string[] }).rawEventIds);
  expect(brought).toEqual([event.id, event.id]);
  expect((await desk.client.post(`/raw-events/${event.id}/replay`)).status).toBe(403);
});

test("stats count events by what became of them, and ignored parts by name", async () => {
  const tenantId = desk.tenant.id;
  await buildRawEvent(api.context, { tenantId, ignoredParts: { account_update: 1, history: 2 } });
  await buildRawEvent(api.context, { tenantId, status: "IGNORED", ignoredParts: { account_update: 3 } });
  await buildRawEvent(api.context, { tenantId, status: "QUARANTINED" });
  await buildRawEvent(api.context, { tenantId, status: "RECEIVED" });
  await buildRawEvent(api.context, { status: "QUARANTINED", reason: "unknown_inbox" });
  expect((await desk.client.get("/raw-events/stats")).body.data).toEqual({
    received: 4,
    applied: 1,
    ignored: 1,
    quarantined: 1,
    pending: 1,
    ignoredByName: { account_update: 4, history: 2 },
  });
  expect((await platform.get("/raw-events/stats")).body.data).toMatchObject({ received: 5, quarantined: 2 });
});

test("an event of an unknown number is the platform's to see and to replay", async () => {
  const event = await buildRawEvent(api.context, { status: "QUARANTINED", reason: "unknown_inbox", appliedAt: null });
  expect((await admin.get(`/raw-events/${event.id}`)).status).toBe(404);
  expect((await admin.post(`/raw-events/${event.id}/replay`)).status).toBe(404);
  expect((await platform.get("/raw-events?status=quarantined")).body.data).toMatchObject([{ id: event.id }]);
  expect((await platform.get(`/raw-events/${event.id}`)).status).toBe(200);
  const replayed = await platform.post(`/raw-events/${event.id}/replay`, undefined, { "idempotency-key": newId() });
  expect(replayed.body.data.status).toBe("received");
});
