import { buildTenant } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TEST_WHATSAPP, type TestApi } from "../api.fixture.ts";
import { deliver } from "../routes/webhook.fixture.ts";
import { DEFAULT_RATE_LIMITS } from "./rate-limit-config.ts";
import {
  inTurn,
  LAST_ONLY,
  limited,
  openInstallation,
  standing,
  type Headers,
  type Installation,
} from "./rate-limits.fixture.ts";

let installation: Installation;
let api: TestApi;
let user: Headers;
let remoteAddress: string;
let addresses = 0;

beforeAll(async () => {
  installation = await openInstallation();
  ({ api } = installation);
});
afterAll(() => installation.close());
beforeEach(async () => {
  user = await installation.signIn((await buildTenant(installation.servers)).id);
  remoteAddress = `10.1.${addresses >> 8}.${addresses++ & 255}`;
});

const read = (headers: Headers, at: TestApi = api) => at.app.inject({ url: "/api/v1/contacts", headers });
const post = (url: string, headers: Headers = {}, at: TestApi = api) =>
  at.app.inject({ method: "POST", url: `/api/v1${url}`, headers, payload: {}, remoteAddress });
/** As a proxy passes it on, each time for another client. */
const forwarded = (at: TestApi) => (index: number) =>
  post("/auth/login", { "x-forwarded-for": `203.0.113.${index}` }, at);

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
    const behindProxy = await installation.startInstance({ trustedProxies: ["10.1.0.0/16"] });
    expect(limited(await inTurn(4, forwarded(behindProxy)))).not.toContain(true);
    remoteAddress = "10.9.0.1";
    expect(limited(await inTurn(4, forwarded(behindProxy)))).toEqual(LAST_ONLY(3));
  });

  test("so many a minute may sign in, unless an installation says otherwise", async () => {
    const usual = await installation.startInstance({}, DEFAULT_RATE_LIMITS);
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
    const off = await installation.startInstance({ limiting: null });
    expect(unlimited(await inTurn(10, () => read(user, off)))).toBe(true);
    expect(unlimited(await inTurn(10, () => post("/auth/login", {}, off)))).toBe(true);
  });
});
