import { createIdentification, register, type Session } from "@parley/core/auth";
import { openSystemContext } from "@parley/core/context";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import { createShutdownStack, createSilentLogger, newId, type ShutdownStack } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { TEST_PASSWORD, buildUser, startFreezableRelay, waitUntil, type FreezableRelay } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { TEST_WHATSAPP, startTestApi, testAuth, type TestApi } from "./api.fixture.ts";
import { API_QUEUES, type ApiContext } from "./context.ts";
import { DEFAULT_RATE_LIMITS } from "./http/rate-limit-config.ts";
import { createRequestCounter } from "./http/request-counter.ts";
import { deliver } from "./routes/webhook.fixture.ts";

/** Nobody listens there. */
const WITHOUT_REDIS = { redisUrl: "redis://127.0.0.1:1" };
const WITHOUT_DATABASE = { databaseUrl: "postgresql://nobody:x@127.0.0.1:1/nothing" };
const { appSecret: secret } = TEST_WHATSAPP;

let servers: TestContext;
let api: TestApi;
let shutdown: ShutdownStack;
/** The API's. */
let connection: ApiContext["publisher"]["redis"];

beforeAll(async () => {
  servers = await createTestContext();
});

afterAll(() => servers.close());

afterEach(async () => {
  await api.close();
  await shutdown.run("end of test");
});

/** The API with one of its servers out of reach, or at another address. */
async function startWith(at: { redisUrl?: string; databaseUrl?: string }): Promise<void> {
  const logger = createSilentLogger();
  shutdown = createShutdownStack(logger);
  const { appUrl, systemUrl } = servers.urls;
  const { databaseUrl: gone } = at;
  const redis = { ...servers.redis, url: at.redisUrl ?? servers.redis.url };
  const { publisher, ...opened } = openSystemContext({
    config: {
      database: gone === undefined ? { appUrl, systemUrl } : { appUrl: gone, systemUrl: gone },
      redis,
      keyring: servers.keyring,
    },
    queues: API_QUEUES,
    logger,
    shutdown,
  });
  const system = { ...opened, ...testAuth(publisher, redis) };
  const identification = createIdentification(system);
  const limiting = { limits: DEFAULT_RATE_LIMITS, counter: createRequestCounter(publisher.redis), redis };
  const acceptor = createWebhookAcceptor(system);
  api = await startTestApi({ system, identification, limiting, publisher, acceptor });
  connection = publisher.redis;
  if (at !== WITHOUT_REDIS) await waitUntil(() => connection.status === "ready", "Redis answers");
}

const post = (url: string, payload: object) => api.app.inject({ method: "POST", url, payload });

function registerSomebody(): Promise<Session> {
  const auth = { ...servers, ...testAuth(servers.publisher, servers.redis) };
  const input = {
    tenantName: "Acme",
    email: `${newId()}@users.example`,
    password: TEST_PASSWORD,
    fullName: "Agent One",
  };
  return register({ ...auth, origin: { address: null, userAgent: null } }, input);
}

describe("without Redis", () => {
  test("webhooks are accepted, and their jobs wait in the database", async () => {
    await startWith(WITHOUT_REDIS);
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(api.app, { secret })));
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
    const { stored, waiting } = await servers.database.withSystem(async (tx) => ({
      stored: await tx.rawWebhookEvent.count(),
      waiting: await tx.outbox.count(),
    }));
    expect(stored).toBe(10);
    expect(waiting).toBeGreaterThan(0);
  });

  test("the process says that it is degraded", async () => {
    await startWith(WITHOUT_REDIS);
    const ready = await api.app.inject("/health/ready");
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({
      status: "degraded",
      checks: { database: { ok: true }, redis: { ok: false } },
    });
  });
});

describe.each(["is away", "hangs"])("while Redis %s", (how) => {
  let relay: FreezableRelay | undefined;

  beforeEach(async () => {
    if (how === "is away") return startWith(WITHOUT_REDIS);
    relay = await startFreezableRelay(servers.redis.url);
    await startWith({ redisUrl: relay.through(servers.redis.url) });
    relay.freeze();
  });

  afterEach(() => relay?.close());

  /** Runs `work` while a command is still waited for; where Redis hangs, that takes seconds. */
  async function beforeRedisGivesUp<T>(work: () => Promise<T>): Promise<T> {
    let waits = true;
    void connection.ping().catch(() => (waits = false));
    const result = await work();
    expect(waits || how === "is away").toBe(true);
    return result;
  }

  test("who is signed in works on, without limits, and may refresh the session and end it", async () => {
    const { claims, refreshToken } = await registerSomebody();
    const headers = { authorization: `Bearer ${api.app.jwt.access.sign(claims)}` };
    const me = await beforeRedisGivesUp(() => api.app.inject({ url: "/api/v1/auth/me", headers }));
    expect(me.statusCode).toBe(200);
    expect(me.headers).not.toHaveProperty("ratelimit-limit");
    expect((await post("/api/v1/auth/refresh", { refreshToken })).statusCode).toBe(200);
    expect((await post("/api/v1/auth/logout", { refreshToken })).statusCode).toBe(204);
  });

  test("nobody signs in or registers, and everybody is told to come back", async () => {
    const credentials = { email: `${newId()}@users.example`, password: TEST_PASSWORD };
    const answers = await beforeRedisGivesUp(() =>
      Promise.all([
        post("/api/v1/auth/login", credentials),
        post("/api/v1/auth/register", { ...credentials, tenantName: "Acme", fullName: "Agent One" }),
      ]),
    );
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({
        status: 503,
        code: "unavailable",
        detail: expect.stringContaining("try again shortly") as string,
      });
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    }
  });

  test("nobody signs in to the dashboard", async () => {
    const { email } = await buildUser(servers, { isSuperAdmin: true });
    const payload = new URLSearchParams({ email, password: TEST_PASSWORD }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await api.app.inject({ method: "POST", url: "/admin/login", payload, headers });
    expect([answer.statusCode, answer.cookies]).toEqual([503, []]);
    expect(answer.body).toContain('role="alert"');
  });

  test("webhooks are accepted", async () => {
    const answer = await beforeRedisGivesUp(() => deliver(api.app, { secret }));
    expect(answer.statusCode).toBe(200);
  });
});

const statusOf = async (url: string) => (await api.app.inject(url)).statusCode;

describe("without the database", () => {
  test("webhooks are 503, so that the sender repeats them, except those that would be refused anyway", async () => {
    await startWith(WITHOUT_DATABASE);
    expect((await deliver(api.app, { secret })).json()).toMatchObject({ status: 503, code: "unavailable" });
    expect((await deliver(api.app, { secret, path: `/webhooks/whatsapp/${newId()}` })).statusCode).toBe(503);
    expect((await deliver(api.app, { secret: "another" })).statusCode).toBe(401);
  });

  test("the API is 503 without saying where the database is", async () => {
    await startWith(WITHOUT_DATABASE);
    const payload = { email: "owner@acme.example", password: "0123456789" };
    const answer = await api.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
    expect(answer.json()).toMatchObject({ status: 503, code: "unavailable" });
    expect(answer.body).not.toMatch(/127\.0\.0\.1|nobody/);
  });

  test("the process is up, but not ready", async () => {
    await startWith(WITHOUT_DATABASE);
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
