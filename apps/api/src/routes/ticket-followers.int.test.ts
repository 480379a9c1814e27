import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser, type BuiltTicket } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let ticket: BuiltTicket;
let path: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  ticket = await buildTicket(api.context, conversation);
  path = `/tickets/${ticket.id}/followers`;
});

const events = () =>
  api.context.database.withSystem((tx) =>
    tx.event.findMany({ where: { ticketId: ticket.id }, orderBy: { seq: "asc" } }),
  );

test("whoever asks follows a ticket, once", async () => {
  const first = await desk.client.put(`${path}/${desk.agent.id}`);
  const follower = {
    userId: desk.agent.id,
    fullName: desk.agent.fullName,
    createdAt: api.context.clock.now().toISOString(),
  };
  expect([first.status, first.body.data]).toEqual([200, follower]);
  api.context.clock.advance(1_000);
  expect((await desk.client.put(`${path}/${desk.agent.id}`)).body.data).toEqual(follower);
  expect((await desk.client.get(path)).body).toEqual({ data: [follower], page: { nextCursor: null } });
  expect(await events()).toMatchObject([
    { type: "TICKET_FOLLOWED", actorType: "AGENT", actorId: desk.agent.id, data: { userId: desk.agent.id } },
  ]);
});

test("whoever is followed by many lists them in pages", async () => {
  const members = [];
  for (let index = 0; index < 4; index += 1) members.push(await buildUser(api.context, { tenantId: desk.tenant.id }));
  await Promise.all(members.map(({ id }) => desk.client.put(`${path}/${id}`)));
  const rows = (await readAll(desk.client, `${path}?limit=2`)) as unknown as { userId: string }[];
  expect(rows.map(({ userId }) => userId)).toEqual(members.map(({ id }) => id).toReversed());
});

test("twenty who ask at once are one follower and one event", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => desk.client.put(`${path}/${desk.agent.id}`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await events()).toHaveLength(1);
});

test("a follower is taken off, and who is none stays none", async () => {
  await desk.client.put(`${path}/${desk.agent.id}`);
  expect((await desk.client.delete(`${path}/${desk.agent.id}`)).status).toBe(204);
  expect((await desk.client.delete(`${path}/${desk.agent.id}`)).status).toBe(204);
  expect((await desk.client.get(path)).body.data).toEqual([]);
  expect((await events()).map(({ type, data }) => [type, data])).toEqual([
    ["TICKET_FOLLOWED", { userId: desk.agent.id }],
    ["TICKET_UNFOLLOWED", { userId: desk.agent.id }],
  ]);
});

test("whoever leaves the company follows nothing of it any more", async () => {
  const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
  await desk.client.put(`${path}/${colleague.id}`);
  expect((await desk.as({ role: "OWNER" }).delete(`/users/${colleague.id}`)).status).toBe(204);
  expect((await desk.client.get(path)).body.data).toEqual([]);
});

test("a ticket that was merged is not followed any more: its work goes on in the other", async () => {
  const other = await buildTicket(api.context, await buildConversation(api.context, { tenantId: desk.tenant.id }));
  await api.context.database.withSystem((tx) =>
    tx.ticket.updateMany({ where: { id: ticket.id }, data: { status: "CLOSED", mergedIntoId: other.id } }),
  );
  expect(await desk.client.put(`${path}/${desk.agent.id}`)).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("neither tickets nor people of another company can be named", async () => {
  const other = await openDesk(api);
  expect((await other.client.get(path)).status).toBe(404);
  for (const verb of ["put", "delete"] as const) {
    const ofTheirTicket = await other.client[verb](`${path}/${other.agent.id}`);
    const ofNoTicket = await desk.client[verb](`/tickets/${newId()}/followers/${desk.agent.id}`);
    expect([ofTheirTicket.status, ofTheirTicket.body.detail]).toEqual([404, ofNoTicket.body.detail]);
    const ofStranger = await desk.client[verb](`${path}/${other.agent.id}`);
    const ofNobody = await desk.client[verb](`${path}/${newId()}`);
    expect([ofStranger.status, ofStranger.body.detail]).toEqual([404, ofNobody.body.detail]);
  }
  expect(await events()).toEqual([]);
});
