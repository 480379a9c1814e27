import { createPasswordHasher } from "@parley/core/auth";
import { openSystemContext } from "@parley/core/context";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import { createShutdownStack, createSilentLogger, newId, type ShutdownStack } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant } from "@parley/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { TEST_WHATSAPP, startTestApi, type TestApi } from "./api.fixture.ts";
import { API_QUEUES } from "./context.ts";
import { deliver } from "./routes/webhook.fixture.ts";

const NOBODY_LISTENS = { redis: "redis://127.0.0.1:1", database: "postgresql://nobody:x@127.0.0.1:1/nothing" };
const { appSecret: secret } = TEST_WHATSAPP;

let servers: TestContext;
let api: TestApi;
let shutdown: ShutdownStack;

beforeAll(async () => {
  servers = await createTestContext();
});

afterAll(() => servers.close());

afterEach(async () => {
  await api.close();
  await shutdown.run("end of test");
});

/** The API with one of its servers out of reach. */
async function startWithout(missing: "redis" | "database"): Promise<void> {
  const logger = createSilentLogger();
  shutdown = createShutdownStack(logger);
  const { appUrl, systemUrl } = servers.urls;
  const gone = NOBODY_LISTENS.database;
  const { publisher, ...opened } = openSystemContext({
    config: {
      database: missing === "database" ? { appUrl: gone, systemUrl: gone } : { appUrl, systemUrl },
      redis: { url: missing === "redis" ? NOBODY_LISTENS.redis : servers.redis.url, prefix: servers.redis.prefix },
      keyring: servers.keyring,
    },
    queues: API_QUEUES,
    logger,
    shutdown,
  });
  const system = { ...opened, passwords: createPasswordHasher({ cost: 4 }) };
  api = await startTestApi({ system, publisher, acceptor: createWebhookAcceptor(system) });
}

describe("without Redis", () => {
  test("webhooks are accepted, and their jobs wait in the database", async () => {
    await startWithout("redis");
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(api.app, { secret })));
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
    const { stored, waiting } = await servers.database.withSystem(async (tx) => ({
      stored: await tx.rawWebhookEvent.count(),
      waiting: await tx.outbox.count(),
    }));
    expect(stored).toBe(10);
    expect(waiting).toBeGreaterThan(0);
  });

  test("people can sign in and the process says that it is degraded", async () => {
    await startWithout("redis");
    const tenant = await buildTenant(servers);
    const credentials = { email: "owner@acme.example", password: "0123456789" };
    const register = { ...credentials, tenantName: tenant.name, fullName: "Agent One" };
    const registered = await api.app.inject({ method: "POST", url: "/api/v1/auth/register", payload: register });
    expect(registered.statusCode).toBe(201);
    const ready = await api.app.inject("/health/ready");
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({
      status: "degraded",
      checks: { database: { ok: true }, redis: { ok: false } },
    });
  });
});

const statusOf = async (url: string) => (await api.app.inject(url)).statusCode;

describe("without the database", () => {
  test("webhooks are 503, so that the sender repeats them, except those that would be refused anyway", async () => {
    await startWithout("database");
    expect((await deliver(api.app, { secret })).json()).toMatchObject({ status: 503, code: "unavailable" });
    expect((await deliver(api.app, { secret, path: `/webhooks/whatsapp/${newId()}` })).statusCode).toBe(503);
    expect((await deliver(api.app, { secret: "another" })).statusCode).toBe(401);
  });

  test("the API is 503 without saying where the database is", async () => {
    await startWithout("database");
    const payload = { email: "owner@acme.example", password: "0123456789" };
    const answer = await api.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
    expect(answer.json()).toMatchObject({ status: 503, code: "unavailable" });
    expect(answer.body).not.toMatch(/127\.0\.0\.1|nobody/);
  });

  test("the process is up, but not ready", async () => {
    await startWithout("database");
    expect(await statusOf("/health")).toBe(200);
    expect(await statusOf("/health/db")).toBe(503);
    expect(await statusOf("/health/ready")).toBe(503);
  });
});

test("a request whose work never ends is answered all the same, after half a minute", async () => {
  shutdown = createShutdownStack(createSilentLogger());
  api = await startTestApi({ acceptor: { accept: () => new Promise(() => undefined) } });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const answer = deliver(api.app, { secret });
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(30_000);
    expect((await answer).json()).toMatchObject({ status: 503, code: "unavailable" });
  } finally {
    vi.useRealTimers();
  }
});
