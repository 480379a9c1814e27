import { newId } from "@parley/runtime";
import { buildUser, type BuiltUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(() => {
  manager = desk.as({ role: "MANAGER" });
});

const newMember = (): Promise<BuiltUser> => buildUser(api.context, { tenantId: desk.tenant.id });

async function formTeam(name = "Returns"): Promise<string> {
  return (await manager.post("/teams", { name })).body.data.id;
}

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

const statusesOf = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);

describe("teams", () => {
  test("are formed, changed and dissolved, and it is written down", async () => {
    const { clock } = api.context;
    const formed = await manager.post("/teams", { name: "Returns", description: "What comes back" });
    const { id } = formed.body.data;
    const at = clock.now().toISOString();
    const team = { id, name: "Returns", description: "What comes back", memberCount: 0, createdAt: at, updatedAt: at };
    expect(formed).toMatchObject({ status: 201, body: { data: team } });
    expect((await desk.client.get(`/teams/${id}`)).body.data).toEqual(team);

    clock.advance(1_000);
    const changed = await manager.patch(`/teams/${id}`, { name: "Refunds", description: null });
    const updatedAt = clock.now().toISOString();
    expect(changed).toMatchObject({ status: 200, body: { data: { name: "Refunds", description: null, updatedAt } } });

    expect((await manager.delete(`/teams/${id}`)).status).toBe(204);
    expect((await manager.get(`/teams/${id}`)).status).toBe(404);
    expect(await auditOf(id)).toMatchObject([
      { action: "team.created", before: null, after: { name: "Returns" } },
      {
        action: "team.changed",
        before: { name: "Returns", description: "What comes back" },
        after: { name: "Refunds", description: null },
      },
      { action: "team.deleted", before: { name: "Refunds" }, after: null },
    ]);
  });

  test("are listed newest first, and found by a part of their names", async () => {
    const ids = [await formTeam("Returns"), await formTeam("Billing"), await formTeam("Billing abroad")];
    expect((await readAll(desk.client, "/teams?limit=2")).map(({ id }) => id)).toEqual(ids.toReversed());
    const { body } = await desk.client.get("/teams?search=bILLING&limit=1");
    expect(body.data).toMatchObject([{ id: ids[2] }]);
    expect((await desk.client.get("/teams?search=%25")).body.data).toEqual([]);
  });

  test("have a name of their own in the company", async () => {
    const theirs = await openDesk(api);
    await theirs.as({ role: "MANAGER" }).post("/teams", { name: "Returns" });
    await formTeam("Returns");
    const other = await formTeam("Billing");
    const answers = [
      await manager.post("/teams", { name: " Returns " }),
      await manager.patch(`/teams/${other}`, { name: "Returns" }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 409,
        body: { code: "conflict", detail: expect.stringContaining("name") },
      });
    }
  });

  test("are the managers' to change", async () => {
    const id = await formTeam();
    const answers = [
      await desk.client.post("/teams", { name: "Mine" }),
      await desk.client.patch(`/teams/${id}`, { name: "Mine" }),
      await desk.client.delete(`/teams/${id}`),
    ];
    expect(statusesOf(answers)).toEqual([403, 403, 403]);
  });

  test("are formed once under an Idempotency-Key", async () => {
    const payload = { name: "Returns" };
    const first = await manager.post("/teams", payload, { "idempotency-key": "team-1" });
    const second = await manager.post("/teams", payload, { "idempotency-key": "team-1" });
    expect(second).toMatchObject({ status: 201, body: first.body, headers: { "idempotency-replayed": "true" } });
  });

  test.each([{}, { name: " " }, { name: "x".repeat(121) }, { name: "Returns", tenantId: newId() }])(
    "are not formed of %j",
    async (payload) => {
      expect((await manager.post("/teams", payload)).status).toBe(400);
    },
  );

  test.each([{}, { name: null }, { memberCount: 3 }])("are not changed by %j", async (payload) => {
    expect((await manager.patch(`/teams/${await formTeam()}`, payload)).status).toBe(400);
  });
});

describe("members of a team", () => {
  test("join, become leads and leave, and it is written down", async () => {
    const id = await formTeam();
    const { id: userId, email, fullName } = desk.agent;
    const createdAt = api.context.clock.now().toISOString();
    const member = { userId, email, fullName, role: "member", availability: "offline", createdAt };
    const added = await manager.post(`/teams/${id}/members`, { userId });
    expect(added).toMatchObject({ status: 201, body: { data: member } });
    expect((await desk.client.get(`/teams/${id}/members`)).body.data).toEqual([member]);
    expect((await desk.client.get(`/teams/${id}`)).body.data.memberCount).toBe(1);

    const lead = await manager.patch(`/teams/${id}/members/${userId}`, { role: "lead" });
    expect(lead).toMatchObject({ status: 200, body: { data: { userId, role: "lead" } } });
    expect(await manager.patch(`/teams/${id}/members/${userId}`, { role: "lead" })).toMatchObject({ status: 200 });

    expect((await manager.delete(`/teams/${id}/members/${userId}`)).status).toBe(204);
    expect((await desk.client.get(`/teams/${id}/members`)).body.data).toEqual([]);
    expect((await auditOf(id)).slice(1)).toMatchObject([
      { action: "team_member.added", before: null, after: { member: { userId, role: "member" } } },
      {
        action: "team_member.changed",
        before: { member: { userId, role: "member" } },
        after: { member: { userId, role: "lead" } },
      },
      { action: "team_member.removed", before: { member: { userId, role: "lead" } }, after: null },
    ]);
  });

  test("are listed page by page", async () => {
    const id = await formTeam();
    const added = [await newMember(), await newMember(), await newMember()];
    for (const { id: userId } of added) await manager.post(`/teams/${id}/members`, { userId });
    const first = await desk.client.get(`/teams/${id}/members?limit=2`);
    const second = await desk.client.get(`/teams/${id}/members?limit=2&cursor=${first.body.page.nextCursor}`);
    const ids = [...first.body.data, ...second.body.data].map(({ userId }: { userId: string }) => userId);
    expect(ids).toEqual(added.map((user) => user.id).toReversed());
    expect(second.body.page.nextCursor).toBeNull();
  });

  test("join once", async () => {
    const id = await formTeam();
    const joinings = [1, 2].map(() => manager.post(`/teams/${id}/members`, { userId: desk.agent.id }));
    expect(new Set(statusesOf(await Promise.all(joinings)))).toEqual(new Set([201, 409]));
    expect(await manager.post(`/teams/${id}/members`, { userId: desk.agent.id })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });

  test("are members of the company", async () => {
    const id = await formTeam();
    const theirs = await openDesk(api);
    for (const userId of [theirs.agent.id, newId()]) {
      expect(await manager.post(`/teams/${id}/members`, { userId })).toMatchObject({
        status: 400,
        body: { code: "validation_failed", errors: [{ path: "userId", message: "is not a member of this company" }] },
      });
    }
  });

  test("are not found in a team that they are not in", async () => {
    const id = await formTeam();
    const path = `/teams/${id}/members/${desk.agent.id}`;
    expect(statusesOf([await manager.patch(path, { role: "lead" }), await manager.delete(path)])).toEqual([404, 404]);
  });

  test.each([{}, { userId: "x" }, { userId: newId(), role: "boss" }, { userId: newId(), teamId: newId() }])(
    "do not join with %j",
    async (payload) => {
      expect((await manager.post(`/teams/${await formTeam()}/members`, payload)).status).toBe(400);
    },
  );
});

describe("a team's lead", () => {
  let teamId: string;
  let lead: Client;

  beforeEach(async () => {
    teamId = await formTeam();
    await manager.post(`/teams/${teamId}/members`, { userId: desk.agent.id, role: "lead" });
    lead = desk.client;
  });

  test("adds and removes members", async () => {
    const { id: userId } = await newMember();
    expect((await lead.post(`/teams/${teamId}/members`, { userId })).status).toBe(201);
    expect((await lead.patch(`/teams/${teamId}/members/${userId}`, { role: "member" })).status).toBe(200);
    expect((await lead.delete(`/teams/${teamId}/members/${userId}`)).status).toBe(204);
  });

  test("neither appoints nor demotes a lead", async () => {
    const [other, member] = [await newMember(), await newMember()];
    await manager.post(`/teams/${teamId}/members`, { userId: other.id, role: "lead" });
    await manager.post(`/teams/${teamId}/members`, { userId: member.id });
    const answers = [
      await lead.post(`/teams/${teamId}/members`, { userId: (await newMember()).id, role: "lead" }),
      await lead.patch(`/teams/${teamId}/members/${member.id}`, { role: "lead" }),
      await lead.patch(`/teams/${teamId}/members/${other.id}`, { role: "member" }),
      await lead.delete(`/teams/${teamId}/members/${other.id}`),
      await lead.delete(`/teams/${teamId}/members/${desk.agent.id}`),
    ];
    expect(statusesOf(answers)).toEqual([403, 403, 403, 403, 403]);
    expect((await lead.get(`/teams/${teamId}`)).body.data.memberCount).toBe(3);
  });

  test("says nothing about other teams, nor about the team itself", async () => {
    const otherId = await formTeam("Billing");
    const { id: userId } = await newMember();
    await manager.post(`/teams/${otherId}/members`, { userId: desk.agent.id });
    const answers = [
      await lead.post(`/teams/${otherId}/members`, { userId }),
      await lead.delete(`/teams/${otherId}/members/${desk.agent.id}`),
      await lead.patch(`/teams/${teamId}`, { name: "Mine" }),
      await lead.delete(`/teams/${teamId}`),
    ];
    expect(statusesOf(answers)).toEqual([403, 403, 403, 403]);
  });

  test("says what a member of the team may not", async () => {
    const { id: userId } = await newMember();
    await manager.post(`/teams/${teamId}/members`, { userId });
    const member = desk.as({ userId });
    const answers = [
      await member.post(`/teams/${teamId}/members`, { userId: (await newMember()).id }),
      await member.patch(`/teams/${teamId}/members/${userId}`, { role: "lead" }),
      await member.delete(`/teams/${teamId}/members/${desk.agent.id}`),
      await desk.as({ role: "AGENT" }).post(`/teams/${teamId}/members`, { userId: (await newMember()).id }),
    ];
    expect(statusesOf(answers)).toEqual([403, 403, 403, 403]);
  });
});

test("another company's team is answered like nobody's, and stays as it is", async () => {
  const theirs = await openDesk(api);
  const theirManager = theirs.as({ role: "MANAGER" });
  const { id: foreign } = (await theirManager.post("/teams", { name: "Secret" })).body.data;
  await theirManager.post(`/teams/${foreign}/members`, { userId: theirs.agent.id });
  const owner = desk.as({ role: "OWNER" });
  for (const id of [foreign, newId()]) {
    const answers = [
      await owner.get(`/teams/${id}`),
      await owner.patch(`/teams/${id}`, { name: "Mine" }),
      await owner.delete(`/teams/${id}`),
      await owner.get(`/teams/${id}/members`),
      await owner.post(`/teams/${id}/members`, { userId: desk.agent.id }),
      await owner.patch(`/teams/${id}/members/${theirs.agent.id}`, { role: "lead" }),
      await owner.delete(`/teams/${id}/members/${theirs.agent.id}`),
    ];
    expect(statusesOf(answers)).toEqual([404, 404, 404, 404, 404, 404, 404]);
  }
  expect((await owner.get("/teams")).body.data).toEqual([]);
  expect((await theirManager.get(`/teams/${foreign}`)).body.data).toMatchObject({ name: "Secret", memberCount: 1 });
});
