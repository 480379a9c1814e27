import { createApiKey } from "@parley/core/api-keys";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant, buildUser } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
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

let installation: Installation;
let api: TestApi;
let user: Headers;
let colleague: Headers;
let tenantId: string;

beforeAll(async () => {
  installation = await openInstallation();
  ({ api } = installation);
});
afterAll(() => installation.close());
beforeEach(async () => {
  tenantId = (await buildTenant(installation.servers)).id;
  user = await installation.signIn(tenantId);
  colleague = await installation.signIn(tenantId);
});

const read = (headers: Headers, at: TestApi = api) => at.app.inject({ url: "/api/v1/contacts", headers });
const post = (url: string, headers: Headers) =>
  api.app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload: {} });

const postBroken = () =>
  api.app.inject({
    method: "POST",
    url: "/api/v1/inboxes",
    headers: { ...user, "content-type": "application/json" },
    payload: "{",
  });

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
    const other = await installation.startInstance();
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
    const { redis } = installation.servers.publisher;
    for (const key of await redis.keys(`*${tenantId}*`)) await redis.hincrby(key, "window", -2);
    expect(limited(await inTurn(6, () => read(user)))).toEqual(LAST_ONLY(5));
  });

  test("an API key is somebody of its own", async () => {
    const { id: userId } = await buildUser(installation.servers, { tenantId, role: "ADMIN" });
    const maker = actingAs(installation.servers, { userId, tenantId, role: "ADMIN" });
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
    const stranger = await installation.signIn((await buildTenant(installation.servers)).id);
    expect(standing(await read(stranger))).toEqual([5, 4]);
  });

  test("a SUPER_ADMIN outside any has a limit all the same", async () => {
    const admin = await installation.signIn(null);
    const answers = await inTurn(6, () => api.app.inject({ url: "/api/v1/auth/me", headers: admin }));
    expect(limited(answers)).toEqual(LAST_ONLY(5));
  });
});
