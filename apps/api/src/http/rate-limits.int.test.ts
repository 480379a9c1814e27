import { createApiKey } from "@parley/core/api-keys";
import { createIdentification } from "@parley/core/auth";
import { connectFailFast } from "@parley/queue";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildSession, buildTenant, buildUser, waitUntil } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TEST_WHATSAPP, startTestApi, testAuth, testLimiting, type TestApi } from "../api.fixture.ts";
import type { ApiContext } from "../context.ts";
import { deliver } from "../routes/webhook.fixture.ts";
import { DEFAULT_RATE_LIMITS, type RateLimits } from "./rate-limit-config.ts";

const LIMITS: RateLimits = {
  user: { read: 5, write: 3, send: 4 },
  tenant: { read: 8, write: 5, send: 6 },
  address: { auth: 3, session: 4 },
};

let servers: TestContext;
let api: TestApi;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  servers = await createTestContext();
  api = await startInstance();
});
afterAll(async () => {
  for (const close of undo.toReversed()) await close();
  await servers.close();
});

/** One process of the installation, with a connection of its own. */
async function startInstance(overrides: Partial<ApiContext> = {}, limits: RateLimits = LIMITS): Promise<TestApi> {
  const redis = connectFailFast(servers.redis);
  const system = { ...servers, ...testAuth({ redis }, servers.redis) };
  const instance = await startTestApi({
    system,
    identification: createIdentification(system),
    limiting: testLimiting({ redis }, servers.redis, limits),
    ...overrides,
  });
  undo.push(
    () => redis.disconnect(),
    () => instance.close(),
  );
  await waitUntil(() => redis.status === "ready", "Redis answers");
  return instance;
}

type Headers = Record<string, string>;

async function signIn(tenantId: string | null): Promise<Headers> {
  const membership = tenantId === null ? { isSuperAdmin: true } : { tenantId, role: "ADMIN" as const };
  const { id: sub } = await buildUser(servers, membership);
  const { id: sid } = await buildSession(servers, { userId: sub, tenantId });
  return { authorization: `Bearer ${api.app.jwt.access.sign({ sub, sid })}` };
}

let tenantId: string;
let user: Headers;
let colleague: Headers;
let remoteAddress: string;
let addresses = 0;
beforeEach(async () => {
  tenantId = (await buildTenant(servers)).id;
  user = await signIn(tenantId);
  colleague = await signIn(tenantId);
  remoteAddress = `10.1.${addresses >> 8}.${addresses++ & 255}`;
});

const read = (headers: Headers, at: TestApi = api) => at.app.inject({ url: "/api/v1/contacts", headers });
const post = (url: string, headers: Headers = {}, at: TestApi = api) =>
  at.app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload: {}, remoteAddress });

const postBroken = () =>
  api.app.inject({
    method: "POST",
    url: "/api/v1/inboxes",
    headers: { ...user, "content-type": "application/json" },
    payload: "{",
  });
/** As a proxy passes it on, each time for another client. */
const forwarded = (at: TestApi) => (index: number) =>
  post("/auth/login", { "x-forwarded-for": `203.0.113.${index}` }, at);

async function inTurn(
  times: number,
  ask: (index: number) => Promise<LightMyRequestResponse>,
): Promise<LightMyRequestResponse[]> {
  const answers: LightMyRequestResponse[] = [];
  for (let index = 0; index < times; index += 1) answers.push(await ask(index));
  return answers;
}

const limited = (answers: readonly LightMyRequestResponse[]) => answers.map(({ statusCode }) => statusCode === 429);
const LAST_ONLY = (count: number) => Array.from({ length: count + 1 }, (_empty, index) => index === count);
const standing = ({ headers }: LightMyRequestResponse) => [
  Number(headers["ratelimit-limit"]),
  Number(headers["ratelimit-remaining"]),
];

describe("of a user", () => {
  test.each<[string, number, (headers: Headers) => Promise<LightMyRequestResponse>]>([
    ["reads", LIMITS.user.read, (headers) => read(headers)],
    ["writes", LIMITS.user.write, (headers) => post("/inboxes", headers)],
    ["sends", LIMITS.user.send, (headers) => post(`/conversations/${newId()}/messages`, headers)],
  ])("%s have a limit of their own", async (_what, most, ask) => {
    const answers = await inTurn(most + 1, () => ask(user));
    expect(limited(answers)).toEqual(LAST_ONLY(most));
    const others = [await read(user), await post("/inboxes", user), await post("/messages", user)];
    expect(others.filter(({ statusCode }) => statusCode === 429)).toHaveLength(1);
  });

  test("every answer says where its limit stands, whatever comes of it", async () => {
    const [first, second] = await inTurn(2, () => read(user));
    expect([first, second].map((answer) => answer && standing(answer))).toEqual([
      [5, 4],
      [5, 3],
    ]);
    const unknown = await api.app.inject({ url: `/api/v1/contacts/${newId()}`, headers: user });
    expect([unknown.statusCode, ...standing(unknown)]).toEqual([404, 5, 2]);
    expect(Number(unknown.headers["ratelimit-reset"])).toBeGreaterThan(0);
    expect(Number(unknown.headers["ratelimit-reset"])).toBeLessThanOrEqual(60);
    expect(unknown.headers).not.toHaveProperty("retry-after");
  });

  test("a request too many is told when to come back", async () => {
    const refused = (await inTurn(6, () => read(user))).at(-1);
    expect(refused?.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(refused?.json()).toMatchObject({
      type: "urn:parley:problem:rate_limited",
      status: 429,
      code: "rate_limited",
      detail: expect.stringMatching(/^More than 5 requests a minute of yours; try again in \d+ s\.$/) as string,
      requestId: refused?.headers["x-request-id"],
    });
    expect(refused?.headers).toMatchObject({ "ratelimit-limit": "5", "ratelimit-remaining": "0" });
    const seconds = Number(refused?.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBe(Number(refused?.headers["ratelimit-reset"]));
  });

  test("no more are let in when they come at the same time, to one process or to another", async () => {
    const other = await startInstance();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_empty, index) => read(user, index % 2 ? api : other)),
    );
    expect(limited(answers).filter((isLimited) => !isLimited)).toHaveLength(5);
  });

  test("a request too many is refused before its body is read", async () => {
    const answers = await inTurn(4, postBroken);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 429]);
  });

  test("there are as many again after two windows", async () => {
    await inTurn(6, () => read(user));
    const { redis } = servers.publisher;
    for (const key of await redis.keys(`*${tenantId}*`)) await redis.hincrby(key, "window", -2);
    expect(limited(await inTurn(6, () => read(user)))).toEqual(LAST_ONLY(5));
  });

  test("an API key is somebody of its own", async () => {
    const maker = actingAs(servers, { userId: newId(), tenantId, role: "ADMIN" });
    const { key } = await createApiKey(maker, { name: "Shop", scopes: ["contacts.read"] });
    await inTurn(6, () => read(user));
    const answer = await read({ "x-api-key": key ?? "" });
    // Five of eight are used up, and this one.
    expect([answer.statusCode, ...standing(answer)]).toEqual([200, 8, 2]);
  });
});

describe("of a company", () => {
  test("all users share a limit, and the tighter one is told", async () => {
    const own = await inTurn(5, () => read(user));
    expect(own.map(standing).at(-1)).toEqual([5, 0]);
    const answers = await inTurn(4, () => read(colleague));
    expect(answers.map(standing)).toEqual([
      [8, 2],
      [8, 1],
      [8, 0],
      [8, 0],
    ]);
    expect(limited(answers)).toEqual(LAST_ONLY(3));
    expect(answers.at(-1)?.json()).toMatchObject({ detail: expect.stringContaining("of your company") as string });
  });

  test("what one user is refused costs the others nothing", async () => {
    await inTurn(15, () => read(user));
    expect(limited(await inTurn(4, () => read(colleague)))).toEqual(LAST_ONLY(3));
  });

  test("others do not notice", async () => {
    await inTurn(6, () => read(user));
    const stranger = await signIn((await buildTenant(servers)).id);
    expect(standing(await read(stranger))).toEqual([5, 4]);
  });

  test("a SUPER_ADMIN outside any has a limit all the same", async () => {
    const admin = await signIn(null);
    const answers = await inTurn(6, () => api.app.inject({ url: "/api/v1/auth/me", headers: admin }));
    expect(limited(answers)).toEqual(LAST_ONLY(5));
  });
});

describe("of an address", () => {
  test("what may be guessed at has one limit, and what needs a secret token another", async () => {
    const guesses = ["/auth/login", "/auth/register", "/auth/login", "/auth/register"];
    expect(limited(await inTurn(4, (index) => post(guesses[index] ?? "")))).toEqual(LAST_ONLY(3));
    const tokens = ["/auth/refresh", "/auth/logout", "/auth/refresh", "/auth/logout", "/auth/refresh"];
    expect(limited(await inTurn(5, (index) => post(tokens[index] ?? "")))).toEqual(LAST_ONLY(4));
    remoteAddress = "10.2.0.1";
    expect((await post("/auth/login")).statusCode).toBe(400);
  });

  test("its refusal says so", async () => {
    const refused = (await inTurn(4, () => post("/auth/login"))).at(-1);
    expect(refused?.json()).toMatchObject({
      status: 429,
      code: "rate_limited",
      detail: expect.stringContaining("from your address") as string,
    });
  });

  test("who is signed in is not counted by it", async () => {
    await inTurn(4, () => post("/auth/login", user));
    const switching = await post("/auth/switch", user);
    expect([switching.statusCode, ...standing(switching)]).toEqual([400, 3, 2]);
  });

  test("it is the client's only where a proxy is trusted to say so", async () => {
    expect(limited(await inTurn(4, forwarded(api)))).toEqual(LAST_ONLY(3));
    const behindProxy = await startInstance({ trustedProxies: ["10.1.0.0/16"] });
    expect(limited(await inTurn(4, forwarded(behindProxy)))).not.toContain(true);
    remoteAddress = "10.9.0.1";
    expect(limited(await inTurn(4, forwarded(behindProxy)))).toEqual(LAST_ONLY(3));
  });

  test("so many a minute may sign in, unless an installation says otherwise", async () => {
    const usual = await startInstance({}, DEFAULT_RATE_LIMITS);
    const { auth } = DEFAULT_RATE_LIMITS.address;
    const answers = limited(await inTurn(auth + 100, () => post("/auth/login", {}, usual)));
    expect(answers.slice(0, auth)).not.toContain(true);
    // A window may have ended in between, which lets in some more.
    expect(answers.slice(auth)).toContain(true);
  });
});

const unlimited = (answers: readonly LightMyRequestResponse[]) =>
  answers.every(({ statusCode, headers }) => statusCode !== 429 && headers["ratelimit-limit"] === undefined);

describe("no limit", () => {
  test("have webhooks and health checks", async () => {
    const answers = await inTurn(10, (index) =>
      index % 2 ? deliver(api.app, { secret: TEST_WHATSAPP.appSecret }) : api.app.inject("/health"),
    );
    expect(unlimited(answers)).toBe(true);
  });

  test("has who is not let in anyway, and what does not exist", async () => {
    const nobody = await inTurn(10, () => read({}));
    const nowhere = await inTurn(10, () => api.app.inject({ url: "/api/v1/nowhere", headers: user }));
    expect(unlimited([...nobody, ...nowhere])).toBe(true);
  });

  test("has anybody where limits are turned off", async () => {
    const off = await startInstance({ limiting: null });
    expect(unlimited(await inTurn(10, () => read(user, off)))).toBe(true);
    expect(unlimited(await inTurn(10, () => post("/auth/login", {}, off)))).toBe(true);
  });
});
