import { ingestQueue } from "@parley/core/webhooks";
import { TEST_PASSWORD, buildUser } from "@parley/testing";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, TEST_WHATSAPP, type TestApi } from "../api.fixture.ts";
import { API_QUEUES } from "../context.ts";
import { deliver } from "../routes/webhook.fixture.ts";
import { DASHBOARD_ROUTES } from "./admin-routes.fixture.ts";
import { headersOf } from "./call-route.fixture.ts";
import { seedTenant, type SeededTenant } from "./seed-tenant.fixture.ts";

type Headers = Record<string, string>;

let api: TestApi;
let tenant: SeededTenant;
/** A job that waits, which the dashboard could show, change and remove. */
let jobId: string;
let requests = 0;

beforeAll(async () => {
  api = await startTestApi();
  tenant = await seedTenant(api);
  await deliver(api.app, { secret: TEST_WHATSAPP.appSecret });
  jobId = (await api.context.jobsOn(ingestQueue))[0]?.id ?? "";
});

afterAll(() => api.close());

async function signIn(email: string, password = TEST_PASSWORD): Promise<Headers> {
  const payload = { email, password };
  const { cookies } = await api.app.inject({ method: "POST", url: "/admin/login", payload });
  const [cookie] = cookies;
  return cookie ? { cookie: `${cookie.name}=${encodeURIComponent(cookie.value)}` } : {};
}

/** With ids of things that there are, so that what is let in finds something. */
function call(method: string, path: string, headers: Headers): Promise<LightMyRequestResponse> {
  const words: Record<string, string> = {
    queueName: ingestQueue.name,
    jobId,
    schedulerId: "x",
    queueStatus: "completed",
  };
  const url = path.replaceAll(/:(\w+)/g, (_text, name: string) => words[name] ?? "x").replace("*", "favicon-32x32.png");
  requests += 1;
  return api.app.inject({ method: method as "GET", url, headers });
}

/** Every route of the dashboard, and HEAD where there is GET. */
function dashboard(): { method: string; path: string }[] {
  return DASHBOARD_ROUTES.flatMap((name) => {
    const [method = "", path = ""] = name.split(" ");
    return method === "GET"
      ? [
          { method, path },
          { method: "HEAD", path },
        ]
      : [{ method, path }];
  });
}

function isReading({ method }: { method: string }): boolean {
  return method === "GET" || method === "HEAD";
}

/** What somebody at the dashboard could change. */
async function queues(): Promise<unknown> {
  const paused = await Promise.all(api.context.publisher.queues().map((queue) => queue.isPaused()));
  return { paused, jobs: await Promise.all(API_QUEUES.map((queue) => api.context.jobsOn(queue))) };
}

/** Whoever is no administrator at the dashboard, with what they have to show. */
const OTHERS: Record<string, () => Promise<Headers>> = {
  nobody: () => headersOf(api, "nobody", tenant),
  "an owner": () => headersOf(api, "owner", tenant),
  "an owner who tries to sign in": () => signIn(tenant.things.email, tenant.things.password),
  "an API key": () => headersOf(api, "key", tenant),
  "a SUPER_ADMIN with the API's token": () => headersOf(api, "super_admin", tenant),
  "somebody who was a SUPER_ADMIN": async () => {
    const { id, email } = await buildUser(api.context, { isSuperAdmin: true });
    const cookie = await signIn(email);
    expect((await call("GET", "/admin/queues/api/queues", cookie)).statusCode).toBe(200);
    await api.context.database.withSystem((tx) => tx.user.update({ where: { id }, data: { isSuperAdmin: false } }));
    api.context.clock.advance(3_000);
    return cookie;
  },
};

describe("the whole dashboard is closed, its files and its API as well, to", () => {
  test.each(Object.entries(OTHERS))("%s", async (_who, headersOfOther) => {
    const headers = await headersOfOther();
    const before = await queues();
    for (const { method, path } of dashboard()) {
      const response = await call(method, path, headers);
      expect([method, path, response.statusCode]).toEqual([method, path, 401]);
      expect(response.body).not.toContain(jobId);
      const page = await call(method, path, { ...headers, accept: "text/html" });
      const leadsToForm = method === "GET";
      expect([method, path, page.statusCode]).toEqual([method, path, leadsToForm ? 303 : 401]);
    }
    expect(await queues()).toEqual(before);
  });
});

describe("the whole dashboard is open to a SUPER_ADMIN who has signed in there", () => {
  test("who looks at it", async () => {
    const headers = await signIn((await buildUser(api.context, { isSuperAdmin: true })).email);
    for (const { method, path } of dashboard().filter(isReading)) {
      const { statusCode } = await call(method, path, headers);
      expect([method, path, statusCode]).toEqual([method, path, 200]);
    }
  });

  test("who changes something", async () => {
    const headers = await signIn((await buildUser(api.context, { isSuperAdmin: true })).email);
    for (const { method, path } of dashboard().filter((route) => !isReading(route))) {
      const { statusCode } = await call(method, path, headers);
      // There may be no such job any more, or nothing to change it to.
      expect([method, path, [200, 400, 404].includes(statusCode)]).toEqual([method, path, true]);
    }
  });
});

test("for each of its routes", ({ annotate }) => {
  expect(requests).toBeGreaterThan(DASHBOARD_ROUTES.length * Object.keys(OTHERS).length);
  return annotate(`${requests} requests to ${DASHBOARD_ROUTES.length} routes of the dashboard`);
});
