import { openSystemContext } from "@parley/core/context";
import { createShutdownStack, createSilentLogger } from "@parley/runtime";
import { buildRawEvent } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, testAuth, type TestApi } from "../api.fixture.ts";
import { API_QUEUES } from "../context.ts";

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

test.each(["appUrl", "systemUrl"] as const)("a process that cannot sign in with its %s is not ready", async (way) => {
  const logger = createSilentLogger();
  const shutdown = createShutdownStack(logger);
  const { appUrl, systemUrl } = api.context.urls;
  const refused = new URL(api.context.urls[way]);
  refused.password = "another";
  const { publisher, ...opened } = openSystemContext({
    config: {
      database: { appUrl, systemUrl, [way]: refused.toString() },
      redis: api.context.redis,
      keyring: api.context.keyring,
    },
    queues: API_QUEUES,
    logger,
    shutdown,
  });
  const half = await startTestApi({ system: { ...opened, ...testAuth(publisher, api.context.redis) }, publisher });
  shutdown.add("server", () => half.close());
  try {
    for (const url of ["/health/ready", "/health/db"]) expect((await half.app.inject(url)).statusCode).toBe(503);
    expect((await half.app.inject("/health/ready")).json()).toMatchObject({
      status: "unavailable",
      checks: { database: { ok: false } },
    });
    expect((await half.app.inject("/health")).statusCode).toBe(200);
  } finally {
    await shutdown.run("end of test");
  }
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
