import { createApiKey } from "@parley/core/api-keys";
import { connectFailFast } from "@parley/queue";
import { actingAs } from "@parley/queue/testing";
import { buildTenant, buildUser } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testLimiting, type TestApi } from "../api.fixture.ts";
import {
  inTurn,
  LAST_ONLY,
  limited,
  LIMITS,
  openInstallation,
  standing,
  type Headers,
  type Installation,
} from "./rate-limits.fixture.ts";

const MOST = LIMITS.address.refused;
const BAD_KEY = { "x-api-key": `pk_0123456789_${"A".repeat(43)}` };
const BAD_TOKEN = { authorization: "Bearer not.a.token" };

let installation: Installation;
let api: TestApi;
let tenantId: string;
let remoteAddress: string;
let addresses = 0;

beforeAll(async () => {
  installation = await openInstallation();
  ({ api } = installation);
});
afterAll(() => installation.close());
beforeEach(async () => {
  tenantId = (await buildTenant(installation.servers)).id;
  remoteAddress = newAddress();
});

const newAddress = () => `10.5.${addresses >> 8}.${addresses++ & 255}`;

const ask = (headers: Headers, at: { api?: TestApi; from?: string } = {}): Promise<LightMyRequestResponse> =>
  (at.api ?? api).app.inject({ url: "/api/v1/contacts", headers, remoteAddress: at.from ?? remoteAddress });

const statusesOf = (answers: readonly LightMyRequestResponse[]) => answers.map(({ statusCode }) => statusCode);

async function goodKey(): Promise<Headers> {
  const { id: userId } = await buildUser(installation.servers, { tenantId, role: "ADMIN" });
  const maker = actingAs(installation.servers, { userId, tenantId, role: "ADMIN" });
  const { key } = await createApiKey(maker, { name: "Shop", scopes: ["contacts.read"] });
  return { "x-api-key": key ?? "" };
}

describe.each([
  ["API keys", BAD_KEY],
  ["access tokens", BAD_TOKEN],
  ["schemes", { authorization: "Basic YTpi" }],
  ["pairs of credentials", { ...BAD_KEY, ...BAD_TOKEN }],
])("an address that tries out %s", (_what, bad: Headers) => {
  test("is refused for another reason once it has failed too often", async () => {
    const answers = await inTurn(MOST + 1, () => ask(bad));
    expect(statusesOf(answers)).toEqual([...Array.from({ length: MOST }, () => 401), 429]);
    const refused = answers.at(-1);
    expect(refused?.json()).toMatchObject({
      status: 429,
      code: "rate_limited",
      detail: expect.stringMatching(/^More than 5 requests a minute from your address with credentials/) as string,
    });
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
    expect(answers.map(standing).slice(-2)).toEqual([
      [MOST, 0],
      [MOST, 0],
    ]);
  });
});

describe("an address that has failed too often", () => {
  beforeEach(async () => {
    await inTurn(MOST + 1, () => ask(BAD_KEY));
  });

  test("hinders nobody whose access token or API key is good", async () => {
    expect((await ask(await installation.signIn(tenantId))).statusCode).toBe(200);
    expect((await ask(await goodKey())).statusCode).toBe(200);
    expect((await ask(BAD_TOKEN)).statusCode).toBe(429);
    expect((await ask(BAD_KEY)).statusCode).toBe(429);
  });

  test("has failed too often for every process", async () => {
    const other = await installation.startInstance();
    expect((await ask(BAD_KEY, { api: other })).statusCode).toBe(429);
  });

  test("may try again when its time has come", async () => {
    const { redis } = installation.servers.publisher;
    for (const key of await redis.keys(`*${remoteAddress}*`)) await redis.hincrby(key, "window", -2);
    expect((await ask(BAD_KEY)).statusCode).toBe(429);
    installation.servers.clock.advance(2 * 60_000);
    expect((await ask(BAD_KEY)).statusCode).toBe(401);
  });
});

test("only failures count", async () => {
  const user = await installation.signIn(tenantId);
  const key = await goodKey();
  await inTurn(MOST - 1, () => ask(BAD_TOKEN));
  const good = await inTurn(4, (index) => ask(index % 2 ? user : key));
  expect(statusesOf(good)).toEqual([200, 200, 200, 200]);
  expect(statusesOf(await inTurn(2, () => ask(BAD_TOKEN)))).toEqual([401, 429]);
});

test("failures at the same time are no more than in turn", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(BAD_KEY)));
  expect(statusesOf(answers).filter((status) => status === 401)).toHaveLength(MOST);
});

test("who presents nothing is told to sign in, however often", async () => {
  const answers = await inTurn(MOST + 3, () => ask({}));
  expect(new Set(statusesOf(answers))).toEqual(new Set([401]));
  expect(limited(await inTurn(MOST + 1, () => ask(BAD_KEY)))).toEqual(LAST_ONLY(MOST));
});

test("nothing is limited while nothing can be counted", async () => {
  const redis = connectFailFast({ ...installation.servers.redis, url: "redis://127.0.0.1:1" });
  redis.on("error", () => undefined);
  const limiting = testLimiting({ redis }, installation.servers.redis, LIMITS);
  const without = await installation.startInstance({ limiting });
  const answers = await inTurn(MOST + 3, () => ask(BAD_KEY, { api: without }));
  expect(new Set(statusesOf(answers))).toEqual(new Set([401]));
  redis.disconnect();
});

describe("what somebody may not do", () => {
  test("counts like what they may", async () => {
    const user = await installation.signIn(tenantId);
    const forbidden = () => api.app.inject({ method: "POST", url: "/api/v1/tenants", headers: user, payload: {} });
    const answers = await inTurn(LIMITS.user.write + 1, forbidden);
    expect(statusesOf(answers)).toEqual([403, 403, 403, 429]);
    expect(answers.map(standing)[0]).toEqual([LIMITS.user.write, LIMITS.user.write - 1]);
  });

  test("counts when it is another company that they ask for, too", async () => {
    const user = await installation.signIn(tenantId);
    const { id } = await buildTenant(installation.servers);
    const answers = await inTurn(LIMITS.user.read + 1, () => ask({ ...user, "x-tenant-id": id }));
    expect(statusesOf(answers)).toEqual([403, 403, 403, 403, 403, 429]);
  });

  test("counts when an API key lacks the scope", async () => {
    const key = await goodKey();
    const answers = await inTurn(LIMITS.user.read + 1, () => api.app.inject({ url: "/api/v1/inboxes", headers: key }));
    expect(statusesOf(answers)).toEqual([403, 403, 403, 403, 403, 429]);
  });
});
