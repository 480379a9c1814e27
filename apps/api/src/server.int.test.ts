import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./api.fixture.ts";
import { describeApi } from "./open-api/describe-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.close());

const login = { method: "POST", url: "/api/v1/auth/login" } as const;
const json = { "content-type": "application/json" };

describe("an error", () => {
  test.each([
    ["a route that does not exist", { method: "GET", url: "/nowhere" }, 404, "not_found"],
    ["a route of the API that does not exist", { method: "GET", url: "/api/v1/nowhere" }, 404, "not_found"],
    ["a URL that cannot be decoded", { method: "GET", url: "/%ZZ" }, 400, "bad_request"],
    ["a body that is not JSON", { ...login, headers: json, payload: "{" }, 400, "invalid_json"],
    [
      "a body that reaches for a prototype",
      { ...login, headers: json, payload: '{"__proto__":{}}' },
      400,
      "invalid_json",
    ],
    ["no body", { ...login, headers: json }, 400, "validation_failed"],
    [
      "a body of another type",
      { ...login, headers: { "content-type": "text/plain" }, payload: "x" },
      415,
      "unsupported_media_type",
    ],
    ["a body over 64 KB", { ...login, payload: { email: "x".repeat(64 * 1024) } }, 413, "payload_too_large"],
    ["no access token", { method: "GET", url: "/api/v1/auth/me" }, 401, "unauthenticated"],
    [
      "an unknown user",
      { ...login, payload: { email: "nobody@users.example", password: "0123456789" } },
      401,
      "invalid_credentials",
    ],
  ] as const)("of %s is a problem document", async (_what, request, status, code) => {
    const answer = await api.app.inject(request);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    const problem = answer.json<Record<string, unknown>>();
    expect(problem).toMatchObject({ type: `urn:parley:problem:${code}`, status, code });
    expect(problem["requestId"]).toBe(answer.headers["x-request-id"]);
    expect(Object.keys(problem)).toEqual(expect.arrayContaining(["title", "detail"]));
    expect(answer.body).not.toMatch(/\bat .*\.[jt]s|node_modules/);
  });

  test("of validation names every field that is wrong, and no value", async () => {
    const payload = { email: "secret-but-no-email", password: "x", role: "owner" };
    const answer = await api.app.inject({ ...login, payload });
    const { errors } = answer.json<{ errors: { path: string }[] }>();
    expect(errors.map((error) => error.path)).toEqual(["email", "role"]);
    expect(answer.body).not.toContain("secret-but-no-email");
  });

  test("of validation names twenty fields of thousands, and says how many more there are", async () => {
    const fields = Array.from({ length: 3_000 }, (_empty, index) => [`unknown${index}`, 1]);
    const answer = await api.app.inject({ ...login, payload: Object.fromEntries(fields) });
    const { errors, detail } = answer.json<{ errors: unknown[]; detail: string }>();
    // The two that are missing as well.
    expect([errors.length, detail]).toEqual([20, expect.stringMatching(/\b2982 more\b/)]);
    const long = await api.app.inject({ ...login, payload: { ["x".repeat(60_000)]: 1 } });
    expect([long.statusCode, long.body.length < 2_000]).toEqual([400, true]);
  });

  test("of an unknown query parameter is 400", async () => {
    const headers = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const answer = await api.app.inject({ url: "/api/v1/auth/me?limit=3", headers });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: "limit" }] });
  });
});

const idFor = async (given?: string) => {
  const headers = given === undefined ? {} : { "x-request-id": given };
  return (await api.app.inject({ url: "/health", headers })).headers["x-request-id"];
};

describe("a request id", () => {
  test("is the caller's when it is fit for a log", async () => {
    expect(await idFor("trace_1.2-3")).toBe("trace_1.2-3");
  });

  test.each(["", "with space", "a\tb", "x".repeat(101), "<script>"])("is a new one instead of %j", async (given) => {
    expect(await idFor(given)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is a new one when there is none", async () => {
    expect(await idFor()).not.toBe(await idFor());
  });
});

/** What a route of the API sends, but for what belongs to this one answer. */
async function usualHeaders(): Promise<string[]> {
  const { headers } = await api.app.inject("/api/v1/nowhere");
  const own = new Set(["content-length", "content-type", "date", "connection", "x-request-id", "vary"]);
  return Object.entries(headers)
    .filter(([name]) => !own.has(name) && !name.startsWith("access-control-"))
    .map(([name, value]) => `${name}: ${String(value)}`);
}

describe("every answer", () => {
  test.each(["/health", "/health/ready", "/health/db", "/%ZZ", `/api/v1/teams/${"x".repeat(200)}`])(
    "has the same security headers: %s",
    async (url) => {
      const expected = await usualHeaders();
      expect(expected).toContain("x-content-type-options: nosniff");
      const { headers } = await api.app.inject(url);
      const sent = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
      expect(sent).toEqual(expect.arrayContaining(expected));
    },
  );
});

async function sendBody(url: string, bytes: number): Promise<unknown> {
  const headers = await api.bearer({ tenantId: null, isSuperAdmin: true });
  return (await api.app.inject({ method: "POST", url, headers, payload: { text: "x".repeat(bytes) } })).json();
}

describe("a body", () => {
  test("of a few fields is at most 64 KB, whoever sends it", async () => {
    for (const url of ["/api/v1/auth/register", "/api/v1/teams", "/api/v1/tenants"]) {
      expect([url, await sendBody(url, 70_000)]).toMatchObject([url, { code: "payload_too_large" }]);
    }
  });

  test("with what people write may be larger", async () => {
    expect(await sendBody("/api/v1/messages", 70_000)).not.toMatchObject({ code: "payload_too_large" });
    expect(await sendBody("/api/v1/messages", 1_100_000)).toMatchObject({ code: "payload_too_large" });
  });
});

const preflight = (origin: string) =>
  api.app.inject({
    method: "OPTIONS",
    url: "/api/v1/auth/login",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
  });

describe("a browser of another origin", () => {
  test("may call the API when it is on the list", async () => {
    const answer = await preflight("https://app.example");
    expect(answer.headers["access-control-allow-origin"]).toBe("https://app.example");
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test.each(["https://evil.example", "https://app.example.evil.example", "null"])(
    "is not let in from %s",
    async (origin) => {
      const answers = [await preflight(origin), await api.app.inject({ ...login, headers: { origin }, payload: {} })];
      for (const answer of answers) expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );
});

describe("the documentation", () => {
  test("is the one that clients are made from", async () => {
    expect((await api.app.inject("/docs/json")).json()).toEqual(structuredClone(await describeApi()));
  });

  test("is a page that loads nothing from elsewhere", async () => {
    const answer = await api.app.inject("/docs");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toMatch(/(src|href)="https?:/);
    expect(answer.headers["content-security-policy"]).toContain("script-src 'self';");
  });
});
