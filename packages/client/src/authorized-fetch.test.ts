import { expect, test } from "vitest";
import { answering, problem, type Sent } from "./answers.fixture.ts";
import { createClient } from "./index.ts";

const baseUrl = "https://parley.example";
const expired = (): Response => problem(401, "unauthenticated");
const tokenOf = ({ headers }: Sent): string | null => headers.get("authorization");

/** A server that believes one token only. */
const believing = (token: string) =>
  answering((sent) => (tokenOf(sent) === `Bearer ${token}` ? Response.json({ data: {} }) : expired()));

test("an access token goes along with every request", async () => {
  const { fetch, sent } = believing("one");
  await createClient({ baseUrl, accessToken: "one", fetch }).get("/auth/me");
  expect(sent.map(tokenOf)).toEqual(["Bearer one"]);
});

test("a token may be asked for each time", async () => {
  const { fetch, sent } = answering(() => Response.json({ data: {} }));
  let count = 0;
  const client = createClient({ baseUrl, accessToken: () => Promise.resolve(`token-${(count += 1)}`), fetch });
  await client.get("/auth/me");
  await client.get("/auth/me");
  expect(sent.map(tokenOf)).toEqual(["Bearer token-1", "Bearer token-2"]);
});

test("nobody in particular says nothing", async () => {
  const { fetch, sent } = answering(() => Response.json({ data: {} }));
  await createClient({ baseUrl, fetch }).post("/auth/login", { body: { email: "a@b.example", password: "x" } });
  expect(sent.map(tokenOf)).toEqual([null]);
});

test("a request whose token has expired is sent again with the next one, body and all", async () => {
  const { fetch, sent } = believing("two");
  const client = createClient({ baseUrl, accessToken: "one", refresh: () => Promise.resolve("two"), fetch });
  await client.post("/teams", { body: { name: "Returns" } });
  await client.get("/auth/me");
  expect(sent.map(tokenOf)).toEqual(["Bearer one", "Bearer two", "Bearer two"]);
  expect(sent.slice(0, 2).map(({ body }) => body)).toEqual(['{"name":"Returns"}', '{"name":"Returns"}']);
});

test("requests that are refused together refresh once", async () => {
  const { fetch } = believing("two");
  let refreshes = 0;
  const refresh = (): Promise<string> => {
    refreshes += 1;
    return Promise.resolve("two");
  };
  const client = createClient({ baseUrl, accessToken: "one", refresh, fetch });
  await Promise.all([1, 2, 3].map(() => client.get("/auth/me")));
  expect(refreshes).toBe(1);
});

test("a request that was refused after somebody else's refresh takes that token", async () => {
  const first = Promise.withResolvers<Response>();
  const { fetch, sent } = answering((one) => {
    if (tokenOf(one) === "Bearer two") return Response.json({ data: {} });
    return one.url.endsWith("/auth/me") ? first.promise : expired();
  });
  let refreshes = 0;
  const refresh = (): Promise<string> => Promise.resolve(["two", "three"][(refreshes += 1) - 1] ?? "");
  const client = createClient({ baseUrl, accessToken: "one", refresh, fetch });
  const slow = client.get("/auth/me");
  await client.get("/settings");
  first.resolve(expired());
  await slow;
  expect(sent.map(tokenOf)).toEqual(["Bearer one", "Bearer one", "Bearer two", "Bearer two"]);
  expect(refreshes).toBe(1);
});

test("what is refused with the next token as well is refused", async () => {
  const { fetch, sent } = answering(expired);
  const client = createClient({ baseUrl, accessToken: "one", refresh: () => Promise.resolve("two"), fetch });
  await expect(client.get("/auth/me")).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
  expect(sent).toHaveLength(2);
});

test.each([
  ["a wrong password", () => problem(401, "invalid_credentials")],
  ["an answer of something in between", () => new Response("Unauthorized", { status: 401 })],
  ["a role that does not allow it", () => problem(403, "forbidden")],
])("%s is no reason to refresh", async (_what, refused) => {
  const { fetch, sent } = answering(refused);
  let refreshes = 0;
  const refresh = (): Promise<string> => Promise.resolve(`token-${(refreshes += 1)}`);
  const client = createClient({ baseUrl, accessToken: "one", refresh, fetch });
  await expect(client.get("/auth/me")).rejects.toMatchObject({ name: "ParleyError" });
  expect([sent.length, refreshes]).toEqual([1, 0]);
});

test("a session that cannot be refreshed is over, even when the client itself was to refresh it", async () => {
  const { fetch } = answering(expired);
  const client = createClient({
    baseUrl,
    accessToken: "one",
    refresh: async () => (await client.post("/auth/refresh", { body: { refreshToken: "used" } })).data.accessToken,
    fetch,
  });
  await expect(client.get("/auth/me")).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
});
