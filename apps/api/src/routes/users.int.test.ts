import { newId } from "@parley/runtime";
import { buildConversation, buildSession, buildTicket, buildUser, waitUntil, type BuiltUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestActor, TestApi } from "../api.fixture.ts";
import {
  openDesk,
  openDeskForEachTest,
  readAll,
  signedIn,
  type Answer,
  type Client,
  type Desk,
} from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(() => {
  admin = desk.as({ role: "ADMIN" });
});

const member = (role: TestActor["role"] = "AGENT"): Promise<BuiltUser> =>
  buildUser(api.context, { tenantId: desk.tenant.id, role });

async function formTeam(name: string, ...userIds: string[]): Promise<string> {
  const { body } = await admin.post("/teams", { name });
  for (const userId of userIds) await admin.post(`/teams/${body.data.id}/members`, { userId });
  return body.data.id;
}

const auditOf = (tenantId: string) =>
  api.context.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId }, orderBy: { id: "asc" } }));

async function memberAudit() {
  return (await auditOf(desk.tenant.id)).filter(({ subjectType }) => subjectType === "member");
}

const ownersOf = (tenantId: string) =>
  api.context.database.withSystem((tx) => tx.membership.count({ where: { tenantId, role: "OWNER" } }));

/** How many statements of this file's database wait for a lock. */
async function countWaiting(): Promise<number> {
  const [row] = await api.context.database.withSystem(
    (tx) => tx.$queryRaw<{ count: number }[]>`
      select count(distinct pid)::int as count
        from pg_locks join pg_stat_activity using (pid)
       where not granted and datname = current_database()`,
  );
  return row?.count ?? 0;
}

/** The answers of requests that all arrive while the tenant's memberships are locked, and go on when they are not. */
async function atTheSameMoment(...requests: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const { answers } = await api.context.database.withSystem(async (tx) => {
    await tx.$executeRaw`select from membership where tenant_id = ${desk.tenant.id}::uuid for no key update`;
    const sent = Promise.all(requests.map((request) => request()));
    await waitUntil(async () => (await countWaiting()) === requests.length, "every request waits for the lock");
    // In an object, because the answers come only after this transaction.
    return { answers: sent };
  });
  return answers;
}

describe("GET /users", () => {
  test("shows each member with their teams and unfinished tickets, to any member", async () => {
    const { agent, tenant } = desk;
    const teamIds = [await formTeam("Returns", agent.id), await formTeam("Billing", agent.id)];
    for (const status of ["OPEN", "WAITING_CUSTOMER", "RESOLVED"] as const) {
      const conversation = await buildConversation(api.context, { tenantId: tenant.id });
      await buildTicket(api.context, conversation, { assigneeId: agent.id, status });
    }
    const answer = await desk.client.get("/users");
    expect(answer.status).toBe(200);
    const shown = answer.body.data.find(({ id }: { id: string }) => id === agent.id);
    expect(shown).toEqual({
      id: agent.id,
      email: agent.email,
      fullName: agent.fullName,
      role: "agent",
      availability: "offline",
      availabilityChangedAt: expect.any(String),
      capacity: 20,
      openTickets: 2,
      teams: [
        { id: teamIds[1], name: "Billing", role: "member" },
        { id: teamIds[0], name: "Returns", role: "member" },
      ],
      createdAt: expect.any(String),
    });
    expect((await desk.client.get(`/users/${agent.id}`)).body.data).toEqual(shown);
  });

  test("pages from the newest to the oldest", async () => {
    const added = [await member(), await member(), await member()];
    const ids = (await readAll(desk.client, "/users?limit=2")).map(({ id }) => id);
    expect(ids).toEqual([...added.map(({ id }) => id).toReversed(), desk.agent.id]);
  });

  test("is filtered by name, e-mail, role, availability and team", async () => {
    const { id: tenantId } = desk.tenant;
    const found = await buildUser(api.context, { tenantId, role: "MANAGER", fullName: "Quentin 100%" });
    const teamId = await formTeam("Returns", found.id);
    await desk.as({ userId: found.id }).patch("/users/me", { availability: "online" });
    for (const filter of [
      "search=quentin",
      "search=100%25",
      `search=${found.email.slice(0, 15).toUpperCase()}`,
      "role=manager",
      "availability=online",
      `teamId=${teamId}`,
      `teamId=${teamId}&role=manager&search=quen`,
    ]) {
      const { body } = await desk.client.get(`/users?${filter}`);
      expect([filter, body.data.map(({ id }: { id: string }) => id)]).toEqual([filter, [found.id]]);
    }
    expect((await desk.client.get(`/users?teamId=${teamId}&role=agent`)).body.data).toEqual([]);
  });

  test.each(["role=boss", "teamId=x", "tenantId=x", "limit=0"])("refuses ?%s", async (query) => {
    expect((await desk.client.get(`/users?${query}`)).status).toBe(400);
  });
});

describe("another company's member", () => {
  test("is answered like nobody, and stays as they are", async () => {
    const theirs = await openDesk(api);
    const owner = desk.as({ role: "OWNER" });
    for (const id of [theirs.agent.id, newId()]) {
      const answers = [
        await owner.get(`/users/${id}`),
        await owner.patch(`/users/${id}`, { role: "admin" }),
        await owner.delete(`/users/${id}`),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
    expect((await theirs.client.get(`/users/${theirs.agent.id}`)).body.data).toMatchObject({ role: "agent" });
    expect(JSON.stringify((await owner.get("/users")).body)).not.toContain(theirs.agent.email);
  });

  test("is not found by their team", async () => {
    const theirs = await openDesk(api);
    const { body } = await theirs.as({ role: "ADMIN" }).post("/teams", { name: "Returns" });
    expect((await desk.client.get(`/users?teamId=${body.data.id}`)).body.data).toEqual([]);
  });
});

describe("PATCH /users/:id", () => {
  test("changes role, capacity and availability, and writes it down", async () => {
    api.context.clock.advance(60_000);
    const change = { role: "manager", capacity: 0, availability: "away" };
    const answer = await admin.patch(`/users/${desk.agent.id}`, change);
    expect(answer).toMatchObject({ status: 200, body: { data: { id: desk.agent.id, ...change } } });
    expect(answer.body.data.availabilityChangedAt).toBe(api.context.clock.now().toISOString());
    expect(await memberAudit()).toMatchObject([
      {
        action: "member.changed",
        subjectId: desk.agent.id,
        before: { role: "agent", capacity: 20, availability: "offline" },
        after: change,
      },
    ]);
  });

  test("writes nothing down where nothing changes", async () => {
    const answer = await admin.patch(`/users/${desk.agent.id}`, { role: "agent", capacity: 20 });
    expect(answer.status).toBe(200);
    expect(await memberAudit()).toEqual([]);
  });

  test("is not for managers", async () => {
    const manager = desk.as({ role: "MANAGER" });
    expect((await manager.patch(`/users/${desk.agent.id}`, { capacity: 1 })).status).toBe(403);
    expect((await manager.delete(`/users/${desk.agent.id}`)).status).toBe(403);
  });

  test("grants no role above one's own", async () => {
    const answer = await admin.patch(`/users/${desk.agent.id}`, { role: "owner" });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: "forbidden", detail: expect.stringContaining("owner") },
    });
    expect((await admin.patch(`/users/${desk.agent.id}`, { role: "admin" })).status).toBe(200);
  });

  test.each([{ role: "agent" }, { capacity: 1 }, { availability: "away" }])(
    "changes nobody above oneself: %j",
    async (change) => {
      const { id } = await member("OWNER");
      await member("OWNER");
      expect(await admin.patch(`/users/${id}`, change)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    },
  );

  test("changes one's own capacity, but not one's own role", async () => {
    const { id } = await member("OWNER");
    await member("OWNER");
    const owner = desk.as({ userId: id });
    expect((await owner.patch(`/users/${id}`, { role: "owner", capacity: 5 })).body.data).toMatchObject({
      role: "owner",
      capacity: 5,
    });
    expect(await owner.patch(`/users/${id}`, { role: "admin" })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining("own role") },
    });
  });

  test("leaves a company its last owner, even as a SUPER_ADMIN, who may do the rest", async () => {
    const [first, second] = [await member("OWNER"), await member("OWNER")];
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    expect((await platform.patch(`/users/${first.id}`, { role: "agent" })).status).toBe(200);
    const refused = await platform.patch(`/users/${second.id}`, { role: "admin" });
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict", detail: expect.stringContaining("last") } });
    expect((await platform.patch(`/users/${first.id}`, { role: "owner" })).status).toBe(200);
    expect((await platform.patch(`/users/${second.id}`, { role: "admin" })).status).toBe(200);
  });

  test("leaves one of two owners who demote each other at the same moment", async () => {
    const [first, second] = [await member("OWNER"), await member("OWNER")];
    const [asFirst, asSecond] = [desk.as({ userId: first.id }), desk.as({ userId: second.id })];
    const answers = await atTheSameMoment(
      () => asFirst.patch(`/users/${second.id}`, { role: "agent" }),
      () => asSecond.patch(`/users/${first.id}`, { role: "agent" }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(await ownersOf(desk.tenant.id)).toBe(1);
  });

  test.each([
    {},
    { role: "boss" },
    { capacity: -1 },
    { capacity: 1_001 },
    { capacity: 1.5 },
    { availability: "busy" },
    { email: "new@users.example" },
    { tenantId: newId() },
  ])("refuses %j", async (payload) => {
    expect((await admin.patch(`/users/${desk.agent.id}`, payload)).status).toBe(400);
  });
});

describe("PATCH /users/me", () => {
  test("says whether one is there; the time is that of the last real change", async () => {
    const { clock } = api.context;
    clock.advance(60_000);
    const since = clock.now().toISOString();
    const answer = await desk.client.patch("/users/me", { availability: "online" });
    expect(answer.body.data).toMatchObject({
      id: desk.agent.id,
      availability: "online",
      availabilityChangedAt: since,
    });
    clock.advance(60_000);
    const again = await desk.client.patch("/users/me", { availability: "online" });
    expect(again).toMatchObject({ status: 200, body: { data: { availabilityChangedAt: since } } });
    expect((await admin.patch(`/users/${desk.agent.id}`, { availability: "online" })).body).toEqual(again.body);
    const away = await desk.client.patch("/users/me", { availability: "away" });
    expect(away.body.data.availabilityChangedAt).toBe(clock.now().toISOString());
  });

  test("is written down only when somebody else does it", async () => {
    const { id } = await member("ADMIN");
    const self = desk.as({ userId: id });
    await self.patch("/users/me", { availability: "online" });
    await self.patch(`/users/${id}`, { availability: "away" });
    expect(await memberAudit()).toEqual([]);
    await admin.patch(`/users/${id}`, { availability: "offline" });
    expect(await memberAudit()).toMatchObject([
      { action: "member.changed", before: { availability: "away" }, after: { availability: "offline" } },
    ]);
  });

  test("needs a membership, which a visiting SUPER_ADMIN has not", async () => {
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    const nowhere = signedIn(api, { tenantId: null, isSuperAdmin: true });
    for (const client of [platform, nowhere]) {
      expect((await client.patch("/users/me", { availability: "online" })).status).toBe(403);
    }
  });

  test.each([{}, { availability: "busy" }, { availability: "online", role: "owner" }])(
    "refuses %j",
    async (payload) => {
      expect((await desk.client.patch("/users/me", payload)).status).toBe(400);
    },
  );
});

describe("DELETE /users/:id", () => {
  test("ends the membership, its teams and its sessions, and writes it down", async () => {
    const teamId = await formTeam("Returns", desk.agent.id);
    expect((await desk.client.get("/users")).status).toBe(200);
    expect((await admin.delete(`/users/${desk.agent.id}`)).status).toBe(204);
    expect((await admin.get(`/users/${desk.agent.id}`)).status).toBe(404);
    expect((await admin.get(`/teams/${teamId}`)).body.data.memberCount).toBe(0);
    api.context.clock.advance(3_000);
    expect((await desk.client.get("/users")).status).toBe(401);
    expect(await memberAudit()).toMatchObject([
      {
        action: "member.removed",
        subjectId: desk.agent.id,
        before: { email: desk.agent.email, role: "agent", teams: [{ id: teamId }] },
        after: null,
      },
    ]);
  });

  test("assigns to nobody what was assigned, finished or not, and tells of what is unfinished", async () => {
    const { agent, tenant } = desk;
    const mine = { tenantId: tenant.id, assigneeId: agent.id };
    const open = await buildConversation(api.context, mine);
    const resolved = await buildConversation(api.context, { ...mine, status: "RESOLVED" });
    const ofColleague = await buildConversation(api.context, { tenantId: tenant.id, assigneeId: (await member()).id });
    const tickets = [
      await buildTicket(api.context, open, { assigneeId: agent.id }),
      await buildTicket(api.context, resolved, { assigneeId: agent.id, status: "CLOSED", resolvedAt: new Date() }),
      await buildTicket(api.context, ofColleague, { assigneeId: agent.id }),
    ];
    const { id: adminId } = await member("ADMIN");
    expect((await desk.as({ userId: adminId }).delete(`/users/${agent.id}`)).status).toBe(204);

    for (const { id } of tickets) {
      expect((await admin.get(`/tickets/${id}`)).body.data).toMatchObject({ assigneeId: null, version: 2 });
    }
    for (const { id } of [open, resolved]) {
      expect((await admin.get(`/conversations/${id}`)).body.data).toMatchObject({ assigneeId: null, version: 2 });
    }
    const { assigneeId } = ofColleague;
    expect((await admin.get(`/conversations/${ofColleague.id}`)).body.data).toMatchObject({ assigneeId, version: 1 });
    const events = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { tenantId: tenant.id, type: "CONVERSATION_CHANGED" } }),
    );
    expect(events).toMatchObject([
      {
        actorType: "AGENT",
        actorId: adminId,
        conversationId: open.id,
        contactId: open.contactId,
        data: { changed: ["assigneeId"], assigneeId: null },
      },
    ]);
  });

  test("takes nothing of the person in another company", async () => {
    const theirs = await openDesk(api);
    const { id: userId } = desk.agent;
    await api.context.database.withSystem((tx) =>
      tx.membership.create({ data: { tenantId: theirs.tenant.id, userId, role: "AGENT" } }),
    );
    const elsewhere = await buildConversation(api.context, { tenantId: theirs.tenant.id, assigneeId: userId });
    const here = await buildSession(api.context, { userId, tenantId: desk.tenant.id });
    const there = await buildSession(api.context, { userId, tenantId: theirs.tenant.id });
    expect((await admin.delete(`/users/${userId}`)).status).toBe(204);
    expect((await theirs.client.get(`/users/${userId}`)).status).toBe(200);
    expect((await theirs.client.get(`/conversations/${elsewhere.id}`)).body.data.assigneeId).toBe(userId);
    const sessions = await api.context.database.withSystem((tx) =>
      tx.session.findMany({ where: { id: { in: [here.id, there.id] } }, orderBy: { id: "asc" } }),
    );
    expect(sessions.map(({ id, revokedAt }) => [id, revokedAt !== null])).toEqual([
      [here.id, true],
      [there.id, false],
    ]);
  });

  test("releases what is assigned to the person in the same moment", async () => {
    const { agent, tenant } = desk;
    const { id } = await buildConversation(api.context, { tenantId: tenant.id });
    const { removal } = await api.context.database.withSystem(async (tx) => {
      await tx.conversation.update({
        where: { tenantId_id: { tenantId: tenant.id, id } },
        data: { assigneeId: agent.id },
      });
      const sent = admin.delete(`/users/${agent.id}`);
      await waitUntil(async () => (await countWaiting()) === 1, "the removal waits for the assignment");
      return { removal: sent };
    });
    expect((await removal).status).toBe(204);
    expect((await admin.get(`/conversations/${id}`)).body.data.assigneeId).toBeNull();
  });

  test("removes nobody above oneself, but oneself", async () => {
    const [owner, { id: adminId }] = [await member("OWNER"), await member("ADMIN")];
    const self = desk.as({ userId: adminId });
    expect(await self.delete(`/users/${owner.id}`)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await self.delete(`/users/${adminId}`)).status).toBe(204);
  });

  test("leaves a company its last owner, who cannot leave either", async () => {
    const [first, second] = [await member("OWNER"), await member("OWNER")];
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    expect((await desk.as({ userId: first.id }).delete(`/users/${first.id}`)).status).toBe(204);
    for (const client of [desk.as({ userId: second.id }), platform]) {
      const answer = await client.delete(`/users/${second.id}`);
      expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("last owner") } });
    }
    expect(await ownersOf(desk.tenant.id)).toBe(1);
  });

  test("leaves one of two owners who remove each other at the same moment", async () => {
    const [first, second] = [await member("OWNER"), await member("OWNER")];
    const [asFirst, asSecond] = [desk.as({ userId: first.id }), desk.as({ userId: second.id })];
    const answers = await atTheSameMoment(
      () => asFirst.delete(`/users/${second.id}`),
      () => asSecond.delete(`/users/${first.id}`),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 409]));
    expect(await ownersOf(desk.tenant.id)).toBe(1);
  });
});
