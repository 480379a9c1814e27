import { newId } from "@parley/runtime";
import { buildConversation, buildUser } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let colleagueId: string;
let colleague: Client;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const tenantId = desk.tenant.id;
  const { id } = await buildConversation(api.context, { tenantId });
  path = `/conversations/${id}/presence`;
  colleagueId = (await buildUser(api.context, { tenantId })).id;
  colleague = desk.as({ userId: colleagueId });
});

const typing = { state: "typing" };

test("two agents who type are told of each other until one of them leaves", async () => {
  const since = api.context.clock.now().toISOString();
  expect(await desk.client.put(path, typing)).toMatchObject({ status: 200, body: { data: [] } });
  expect((await colleague.put(path, typing)).body.data).toEqual([{ userId: desk.agent.id, state: "typing", since }]);
  expect((await desk.client.put(path, { state: "viewing" })).body.data).toEqual([
    { userId: colleagueId, state: "typing", since },
  ]);
  expect((await colleague.delete(path)).status).toBe(204);
  expect((await desk.client.put(path, typing)).body.data).toEqual([]);
});

test("whoever is silent for a while is there no more", async () => {
  await desk.client.put(path, typing);
  api.context.clock.advance(15_000);
  expect((await colleague.put(path, typing)).body.data).toEqual([]);
});

test("those who came first are told first", async () => {
  await desk.client.put(path, typing);
  api.context.clock.advance(1_000);
  await colleague.put(path, typing);
  const { body } = await desk.as({}).put(path, typing);
  expect(body.data.map(({ userId }: { userId: string }) => userId)).toEqual([desk.agent.id, colleagueId]);
});

test("another company neither sees nor disturbs anybody", async () => {
  await desk.client.put(path, typing);
  const stranger = (await openDesk(api)).client;
  expect(await stranger.put(path, typing)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect((await stranger.delete(path)).status).toBe(404);
  expect((await desk.client.put(`/conversations/${newId()}/presence`, typing)).status).toBe(404);
  expect((await colleague.put(path, typing)).body.data).toMatchObject([{ userId: desk.agent.id }]);
});

test("a platform's administrator looks and is not told of, and a program is nobody", async () => {
  await desk.client.put(path, typing);
  const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
  const headers = { ...bearer, "x-tenant-id": desk.tenant.id };
  const looked = await api.app.inject({ method: "PUT", url: `/api/v1${path}`, headers, payload: typing });
  expect(looked.json()).toMatchObject({ data: [{ userId: desk.agent.id }] });
  expect((await colleague.put(path, typing)).body.data).toHaveLength(1);
  const { key } = await makeKey(api, { tenantId: desk.tenant.id });
  expect((await ask(api, key, { path, method: "DELETE" })).status).toBe(403);
});

test.each([{}, { state: "sleeping" }, { state: "typing", userId: newId() }])("%j is refused", async (payload) => {
  expect(await desk.client.put(path, payload)).toMatchObject({ status: 400, body: { code: "validation_failed" } });
});
