import { newId } from "@parley/runtime";
import { TEST_PASSWORD, buildUser } from "@parley/testing";
import { expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "./desk.fixture.ts";

/** After which a session is looked up again. */
const REMEMBERED_MS = 3_000;

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

interface SignedIn {
  authorization: string;
}

async function signIn(email = desk.agent.email): Promise<SignedIn> {
  api.context.clock.advance(1);
  const answer = await api.app.inject({
    method: "POST",
    url: "/api/v1/auth/login",
    payload: { email, password: TEST_PASSWORD },
    headers: { "user-agent": "test-browser" },
  });
  return { authorization: `Bearer ${answer.json<{ data: { accessToken: string } }>().data.accessToken}` };
}

const call = (method: "GET" | "DELETE", path: string, headers: SignedIn) =>
  api.app.inject({ method, url: `/api/v1/auth/${path}`, headers: { ...headers } });

async function list(headers: SignedIn): Promise<{ id: string; current: boolean }[]> {
  return (await call("GET", "sessions", headers)).json<{ data: { id: string; current: boolean }[] }>().data;
}

test("GET /auth/sessions lists one's own and marks the one that asks", async () => {
  const first = await signIn();
  await signIn();
  await signIn((await buildUser(api.context, { tenantId: desk.tenant.id })).email);
  const answer = await call("GET", "sessions", first);
  expect(answer.json()).toMatchObject({
    data: [
      { current: false, userAgent: "test-browser" },
      { current: true, address: "127.0.0.1", tenantId: desk.tenant.id },
    ],
    page: { nextCursor: null },
  });
  expect(Object.keys((await list(first))[0] ?? {})).toEqual([
    "id",
    "current",
    "address",
    "userAgent",
    "tenantId",
    "createdAt",
    "lastUsedAt",
  ]);
});

test("DELETE /auth/sessions/:id ends a session of one's own, its access token included", async () => {
  const [asking, other] = [await signIn(), await signIn()];
  const ended = (await list(asking)).find(({ current }) => !current);
  expect((await call("DELETE", `sessions/${ended?.id}`, asking)).statusCode).toBe(204);
  expect(await list(asking)).toMatchObject([{ current: true }]);
  api.context.clock.advance(REMEMBERED_MS);
  expect((await call("GET", "me", other)).statusCode).toBe(401);
  expect((await call("GET", "me", asking)).statusCode).toBe(200);
});

test("DELETE /auth/sessions/:id of somebody else answers like nobody's, and ends nothing", async () => {
  const asking = await signIn();
  const colleague = await signIn((await buildUser(api.context, { tenantId: desk.tenant.id })).email);
  const [theirs] = await list(colleague);
  const answers = [
    await call("DELETE", `sessions/${theirs?.id}`, asking),
    await call("DELETE", `sessions/${newId()}`, asking),
  ];
  const [ofTheirs, ofNobody] = answers.map((answer) => ({ ...answer.json<object>(), requestId: "" }));
  expect(ofTheirs).toMatchObject({ status: 404, code: "not_found" });
  expect(ofTheirs).toEqual(ofNobody);
  expect(await list(colleague)).toHaveLength(1);
});

test("DELETE /auth/sessions ends all but the one that asks", async () => {
  const [first, asking, third] = [await signIn(), await signIn(), await signIn()];
  expect((await call("DELETE", "sessions", asking)).statusCode).toBe(204);
  api.context.clock.advance(REMEMBERED_MS);
  const statuses = await Promise.all(
    [first, asking, third].map(async (each) => (await call("GET", "me", each)).statusCode),
  );
  expect(statuses).toEqual([401, 200, 401]);
});

test("a session that was ended opens no other one while its access token is still believed", async () => {
  const [asking, ended] = [await signIn(), await signIn()];
  expect((await call("GET", "me", ended)).statusCode).toBe(200);
  await call("DELETE", "sessions", asking);
  const switched = await api.app.inject({
    method: "POST",
    url: "/api/v1/auth/switch",
    payload: { tenantId: desk.tenant.id },
    headers: { ...ended },
  });
  expect(switched.json()).toMatchObject({ status: 401, code: "unauthenticated" });
  expect(await list(asking)).toHaveLength(1);
});
