import { sign, unsign } from "@fastify/cookie";
import { TEST_PASSWORD, buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cookieSecret } from "../admin/admin-session.ts";
import { TEST_JWT_SECRET, startTestApi, type TestApi } from "../api.fixture.ts";

let api: TestApi;
let admin: { email: string; password: string };

beforeAll(async () => {
  api = await startTestApi();
  const { email } = await buildUser(api.context, { isSuperAdmin: true });
  admin = { email, password: TEST_PASSWORD };
});

afterAll(() => api.close());

const PAGES = ["/admin/queues", "/admin/queues/", "/admin/queues/queue/ingest"];
const STATIC = "/admin/queues/static/favicon-32x32.png";
const DATA = ["/admin/queues/api/queues", "/admin/queues/api/redis/stats"];

const signIn = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: "POST",
    url: "/admin/login",
    payload: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

async function signedInCookie(): Promise<{ cookie: string }> {
  const [cookie] = (await signIn(admin)).cookies;
  return { cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? "")}` };
}

async function boardWith(cookie: string): Promise<number> {
  const headers = { cookie: `parley_admin=${encodeURIComponent(cookie)}` };
  return (await api.app.inject({ url: "/admin/queues/api/queues", headers })).statusCode;
}

describe("without a sign-in", () => {
  test.each(PAGES)("the page %s leads to the sign-in form", async (url) => {
    const answer = await api.app.inject({ url, headers: { accept: "text/html,*/*" } });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, "/admin/login"]);
  });

  test.each([STATIC, ...DATA])("%s is 401", async (url) => {
    const answer = await api.app.inject(url);
    expect(answer.json()).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  test("no route of the dashboard does anything", async () => {
    const dashboard = api.routes.filter((route) => route.path.startsWith("/admin/queues"));
    expect(dashboard.length).toBeGreaterThan(20);
    for (const { method, path } of dashboard) {
      const answer = await api.app.inject({ method, url: path.replaceAll(/:\w+/g, "x").replace("*", "x") });
      expect([method, path, answer.statusCode]).toEqual([method, path, 401]);
    }
  });

  test.each([
    ["made up", "parley_admin=made-up"],
    [
      "an access token",
      async () => {
        const { authorization } = await api.bearer({ tenantId: null, isSuperAdmin: true });
        return `parley_admin=${encodeURIComponent(signed(authorization.slice("Bearer ".length)))}`;
      },
    ],
    ["unsigned", () => `parley_admin=${api.app.jwt.admin.sign({ sub: crypto.randomUUID() })}`],
    [
      "expired",
      () =>
        `parley_admin=${encodeURIComponent(signed(api.app.jwt.admin.sign({ sub: crypto.randomUUID() }, { expiresIn: -1 })))}`,
    ],
  ])("a cookie that is %s does not help", async (_what, cookie) => {
    const headers = { cookie: typeof cookie === "string" ? cookie : await cookie() };
    expect((await api.app.inject({ url: "/admin/queues/api/queues", headers })).statusCode).toBe(401);
  });
});

describe("signing in to the dashboard", () => {
  test("shows a form that loads nothing from elsewhere", async () => {
    const answer = await api.app.inject("/admin/login");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('<label for="password">');
    expect(answer.body).not.toMatch(/<script|src=|https?:/);
    expect(answer.headers["content-security-policy"]).toContain("script-src 'self';");
  });

  test("opens pages, static files and data to a SUPER_ADMIN", async () => {
    const answer = await signIn(admin);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, "/admin/queues"]);
    expect(answer.cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict", path: "/admin" }]);
    const headers = await signedInCookie();
    for (const url of [...PAGES, STATIC, ...DATA]) {
      expect([url, (await api.app.inject({ url, headers })).statusCode]).toEqual([url, 200]);
    }
    const { queues } = (await api.app.inject({ url: DATA[0], headers })).json<{ queues: { name: string }[] }>();
    expect(queues.map((queue) => queue.name)).toEqual([
      "ingest",
      "outbound",
      "media",
      "mail",
      "timers",
      "bulk",
      "contact-imports",
      "personal-data",
      "rebuilds",
      "sla-timers",
      "assignment",
      "rules",
      "sla",
    ]);
  });

  test("is refused with a wrong password, and to everybody else with the right one", async () => {
    const tenant = await buildTenant(api.context);
    const owner = await buildUser(api.context, { tenantId: tenant.id, role: "OWNER" });
    const wrong = await signIn({ ...admin, password: "not the password" });
    const foreign = await signIn({ email: owner.email, password: TEST_PASSWORD });
    for (const answer of [wrong, foreign]) {
      expect([answer.statusCode, answer.cookies]).toEqual([401, []]);
      expect(answer.body).toContain('role="alert"');
    }
    expect(foreign.body).toBe(wrong.body);
  });

  test("is refused to whoever has failed five times, with the right password too", async () => {
    const { email } = await buildUser(api.context, { isSuperAdmin: true });
    for (let failed = 0; failed < 5; failed += 1) await signIn({ email, password: "not the password" });
    const answer = await signIn({ email, password: TEST_PASSWORD });
    expect([answer.statusCode, answer.cookies]).toEqual([429, []]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(answer.body).toMatch(/role="alert">Too many attempts to sign in have failed; try again in \d+ s\./);
  });

  test("does not take the secret of the tokens for that of its cookies", async () => {
    const [cookie] = (await signIn(admin)).cookies;
    const token = String(unsign(cookie?.value ?? "", cookieSecret(TEST_JWT_SECRET)).value);
    expect([await boardWith(signed(token)), await boardWith(sign(token, TEST_JWT_SECRET))]).toEqual([200, 401]);
  });

  test("ends with logging out, for whoever kept the cookie too", async () => {
    const headers = await signedInCookie();
    const answer = await api.app.inject({ method: "POST", url: "/admin/logout", headers });
    expect(answer.cookies).toMatchObject([{ name: "parley_admin", value: "" }]);
    expect((await api.app.inject({ url: "/admin/queues/api/queues", headers })).statusCode).toBe(401);
  });

  test("ends for somebody who is no SUPER_ADMIN any more", async () => {
    const headers = await signedInCookie();
    const board = () => api.app.inject({ url: "/admin/queues/api/queues", headers });
    expect((await board()).statusCode).toBe(200);
    const demote = (isSuperAdmin: boolean) =>
      api.context.database.withSystem((tx) =>
        tx.user.update({ where: { email: admin.email }, data: { isSuperAdmin } }),
      );
    await demote(false);
    api.context.clock.advance(3_000);
    expect((await board()).statusCode).toBe(401);
    await demote(true);
  });

  test("sends its cookie over TLS only when told so", async () => {
    const production = await startTestApi({ secureCookies: true });
    try {
      const { email } = await buildUser(production.context, { isSuperAdmin: true });
      const answer = await production.app.inject({
        method: "POST",
        url: "/admin/login",
        payload: { email, password: TEST_PASSWORD },
      });
      expect(answer.cookies).toMatchObject([{ secure: true }]);
    } finally {
      await production.close();
    }
  });
});

describe("another site", () => {
  test.each([
    ["its own origin", { origin: "https://evil.example" }],
    ["no origin to speak of", { origin: "null" }],
    ["only the browser's word", { "sec-fetch-site": "cross-site" }],
  ])("cannot sign anybody in or act for them, sending %s", async (_what, headers) => {
    expect((await signIn(admin, headers)).statusCode).toBe(403);
    const act = { method: "PUT", url: "/admin/queues/api/queues/ingest/pause" } as const;
    expect((await api.app.inject({ ...act, headers: { ...(await signedInCookie()), ...headers } })).statusCode).toBe(
      403,
    );
  });

  test("is told from our own pages", async () => {
    const headers = { host: "parley.example", origin: "https://parley.example" };
    expect((await signIn(admin, headers)).statusCode).toBe(303);
    const act = { method: "PUT", url: "/admin/queues/api/queues/ingest/pause" } as const;
    expect((await api.app.inject({ ...act, headers: { ...(await signedInCookie()), ...headers } })).statusCode).toBe(
      200,
    );
  });
});

/** As the server signs its cookies. */
function signed(value: string): string {
  return sign(value, cookieSecret(TEST_JWT_SECRET));
}
