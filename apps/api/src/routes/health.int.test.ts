import { buildRawEvent } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const ready = async () => (await api.app.inject("/health/ready")).json<object>();

test("a process whose servers answer is ready", async () => {
  expect((await api.app.inject("/health")).json()).toEqual({ status: "up" });
  expect((await api.app.inject("/health/db")).json()).toMatchObject({ ok: true });
  expect(await ready()).toMatchObject({ status: "ready", checks: { database: { ok: true }, redis: { ok: true } } });
});

test("it is degraded once a webhook has waited for a minute", async () => {
  const receivedAt = api.context.clock.now();
  await buildRawEvent(api.context, { status: "RECEIVED", receivedAt, appliedAt: null });
  api.context.clock.advance(60_000);
  expect(await ready()).toMatchObject({ status: "ready", checks: { ingest: { ok: true, oldestPendingSeconds: 60 } } });
  api.context.clock.advance(1_000);
  expect(await ready()).toMatchObject({
    status: "degraded",
    checks: { ingest: { ok: false, oldestPendingSeconds: 61 } },
  });
});
