import { newId } from "@parley/runtime";
import { buildConversation, buildInbox, buildTicket, buildUser, type BuiltTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Client, type Desk } from "./desk.fixture.ts";
import { atTheSameMoment } from "./users.fixture.ts";

let api: TestApi;
let desk: Desk;
let tenantId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(() => {
  tenantId = desk.tenant.id;
});

const HOUR_MS = 3_600_000;

/** On a conversation of its own. `age` in hours. */
async function ticketWith(
  { age = 1, ...columns }: Parameters<typeof buildTicket>[2] & { age?: number } = {},
  on: { inboxId?: string } = {},
): Promise<BuiltTicket> {
  const conversation = await buildConversation(api.context, { tenantId, ...on });
  const createdAt = new Date(api.context.clock.now().getTime() - age * HOUR_MS);
  return buildTicket(api.context, conversation, { createdAt, ...columns });
}

const next = (client: Client = desk.client, body: object = {}): Promise<Answer> => client.post("/tickets/next", body);

const read = (id: string) =>
  api.context.database.withSystem((tx) =>
    tx.ticket.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } }, include: { conversation: true } }),
  );

async function buildTeam(memberIds: string[]): Promise<string> {
  const id = newId();
  await api.context.database.withSystem(async (tx) => {
    await tx.team.create({ data: { tenantId, id, name: `Team ${id}` } });
    await tx.teamMembership.createMany({ data: memberIds.map((userId) => ({ tenantId, teamId: id, userId })) });
  });
  return id;
}

function setCapacity(capacity: number): Promise<unknown> {
  return api.context.database.withSystem((tx) =>
    tx.membership.update({ where: { tenantId_userId: { tenantId, userId: desk.agent.id } }, data: { capacity } }),
  );
}

describe("the next ticket is", () => {
  test("one's own before any other, the most urgent, then the oldest", async () => {
    const assigneeId = desk.agent.id;
    await ticketWith({ priority: "URGENT" });
    await ticketWith({ assigneeId, priority: "NORMAL", age: 9 });
    await ticketWith({ assigneeId, priority: "HIGH", age: 1 });
    const wanted = await ticketWith({ assigneeId, priority: "HIGH", age: 2, status: "ESCALATED" });
    await ticketWith({ assigneeId, priority: "URGENT", status: "PENDING" });
    await ticketWith({ assigneeId, priority: "URGENT", snoozedAt: new Date() });
    const answer = await next();
    expect(answer).toMatchObject({ status: 200, body: { data: { id: wanted.id, version: 1 } } });
    expect((await next()).body.data).toEqual(answer.body.data);
  });

  test("else one that nobody has, which becomes one's own and is so in its conversation and in the log", async () => {
    await ticketWith({ priority: "LOW", age: 9 });
    const wanted = await ticketWith({ priority: "URGENT", age: 3 });
    await ticketWith({ priority: "URGENT", age: 2 });
    await ticketWith({ priority: "URGENT", age: 9, status: "PENDING" });
    await ticketWith({ priority: "URGENT", age: 9, snoozedAt: new Date() });
    const colleague = await buildUser(api.context, { tenantId });
    await ticketWith({ priority: "URGENT", age: 9, assigneeId: colleague.id });
    expect((await next()).body.data).toMatchObject({ id: wanted.id, assigneeId: desk.agent.id, version: 2 });
    expect(await read(wanted.id)).toMatchObject({ conversation: { assigneeId: desk.agent.id } });
    const events = await api.context.database.withSystem((tx) => tx.event.findMany({ where: { ticketId: wanted.id } }));
    expect(events).toMatchObject([
      {
        type: "ASSIGNMENT_CHANGED",
        actorType: "AGENT",
        actorId: desk.agent.id,
        data: { from: { userId: null }, to: { userId: desk.agent.id } },
      },
    ]);
  });

  test("null when there is nothing to do", async () => {
    await ticketWith({ status: "RESOLVED" });
    expect(await next()).toMatchObject({ status: 200, body: { data: null } });
  });

  test("of a team only for its members", async () => {
    const [mine, theirs] = [await buildTeam([desk.agent.id]), await buildTeam([])];
    await ticketWith({ teamId: theirs, priority: "URGENT" });
    const wanted = await ticketWith({ teamId: mine });
    expect((await next()).body.data).toMatchObject({ id: wanted.id, teamId: mine });
    await api.context.database.withSystem((tx) =>
      tx.ticket.updateMany({ where: { id: wanted.id }, data: { status: "CLOSED" } }),
    );
    expect((await next()).body.data).toBeNull();
    expect((await next(desk.client, { teamId: theirs })).body.data).toBeNull();
  });

  test("of the inbox and the team that are asked for", async () => {
    const inbox = await buildInbox(api.context, { tenantId });
    const teamId = await buildTeam([desk.agent.id]);
    await ticketWith({ assigneeId: desk.agent.id, priority: "URGENT" });
    const ofTeam = await ticketWith({ teamId });
    const ofInbox = await ticketWith({}, { inboxId: inbox.id });
    expect((await next(desk.client, { inboxId: inbox.id })).body.data).toMatchObject({ id: ofInbox.id });
    expect((await next(desk.client, { teamId })).body.data).toMatchObject({ id: ofTeam.id });
    expect((await next(desk.client, { teamId, inboxId: inbox.id })).body.data).toBeNull();
  });
});

describe("whoever asks", () => {
  test("gets no further one when they have as many as they may have", async () => {
    await setCapacity(2);
    const waiting = await ticketWith({ priority: "URGENT" });
    await ticketWith({ assigneeId: desk.agent.id, status: "PENDING" });
    await ticketWith({ assigneeId: desk.agent.id, status: "WAITING_CUSTOMER" });
    await ticketWith({ assigneeId: desk.agent.id, status: "CLOSED" });
    const refused = await next();
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(refused.body.detail).toContain("2 unfinished tickets");
    expect(await read(waiting.id)).toMatchObject({ assigneeId: null });
  });

  test("several times at once waits for themselves, and gets one ticket", async () => {
    const tickets = [await ticketWith(), await ticketWith(), await ticketWith()];
    const answers = await atTheSameMoment(
      api,
      desk,
      [next, next, next].map((ask) => () => ask()),
    );
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
    const held = await Promise.all(tickets.map(({ id }) => read(id)));
    expect(held.filter(({ assigneeId }) => assigneeId !== null)).toHaveLength(1);
  });

  test("under the same Idempotency-Key gets the same, also when that was nothing", async () => {
    const headers = { "idempotency-key": newId() };
    expect((await desk.client.post("/tickets/next", {}, headers)).body.data).toBeNull();
    await ticketWith();
    const again = await desk.client.post("/tickets/next", {}, headers);
    expect([again.body.data, again.headers["idempotency-replayed"]]).toEqual([null, "true"]);
    expect((await next()).body.data).not.toBeNull();
  });

  test("at the same time as nineteen others gets a ticket that none of them gets", async () => {
    const tickets = await Promise.all(
      Array.from({ length: 20 }, (_empty, age) => ticketWith({ age, priority: age % 3 === 0 ? "HIGH" : "LOW" })),
    );
    const agents = await Promise.all(Array.from({ length: 20 }, () => buildUser(api.context, { tenantId })));
    const answers = await Promise.all(agents.map(({ id: userId }) => next(desk.as({ userId }))));
    const given = answers.map(({ status, body }) => [status, body.data?.id] as const);
    expect(new Set(given.map(([, id]) => id))).toEqual(new Set(tickets.map(({ id }) => id)));
    const held = await Promise.all(given.map(([, id]) => read(id)));
    expect(held.map(({ assigneeId }) => assigneeId)).toEqual(agents.map(({ id }) => id));
    expect((await next()).body.data).toBeNull();
  });

  test("is not held up by a customer who is writing: another ticket is next", async () => {
    const busy = await ticketWith({ priority: "URGENT" });
    const other = await ticketWith();
    await api.context.database.withSystem(async (tx) => {
      await tx.$executeRaw`select from conversation where id = ${busy.conversationId}::uuid for no key update`;
      expect((await next()).body.data).toMatchObject({ id: other.id });
    });
  });

  test("must be a member", async () => {
    await ticketWith();
    const bearer = await api.bearer({ tenantId: null, isSuperAdmin: true });
    const headers = { ...bearer, "x-tenant-id": tenantId };
    const answer = await api.app.inject({ method: "POST", url: "/api/v1/tickets/next", headers, payload: {} });
    expect(answer.statusCode).toBe(403);
  });

  test("is refused unknown places, and gets nothing of another company", async () => {
    const stranger = await openDesk(api);
    await ticketWith();
    expect((await next(stranger.client)).body.data).toBeNull();
    const inbox = await buildInbox(api.context, { tenantId: stranger.tenant.id });
    expect((await next(desk.client, { inboxId: inbox.id })).status).toBe(404);
    expect((await next(desk.client, { inboxId: newId() })).status).toBe(404);
    expect((await next(desk.client, { teamId: newId() })).status).toBe(400);
    expect((await next(desk.client, { userId: desk.agent.id })).status).toBe(400);
  });
});
