import type { ParleyClient } from "@parley/client";
import { assignmentQueue } from "@parley/core/assignment";
import { newId } from "@parley/runtime";
import { buildInbox, buildUser, buildConversation, buildTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
/** The same person, for what the document does not offer. */
let rawManager: Client;
let inboxId: string;
let teamId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.typed({ userId });
  rawManager = desk.as({ userId });
  inboxId = (await buildInbox(api.context, { tenantId: desk.tenant.id })).id;
  teamId = (await manager.post("/teams", { body: { name: "Returns" } })).data.id;
});

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

async function ofInbox(): Promise<string> {
  return (await manager.post("/assignment-policies", { body: { inboxId, method: "round_robin" } })).data.id;
}

describe("assignment policies", () => {
  test("are made, changed and deleted, and it is written down", async () => {
    const { clock } = api.context;
    const at = clock.now().toISOString();
    const { data: made } = await manager.post("/assignment-policies", {
      body: { inboxId, method: "round_robin", isSticky: true },
    });
    const { id } = made;
    const policy = {
      id,
      inboxId,
      teamId: null,
      method: "round_robin",
      isSticky: true,
      bySkills: false,
      createdAt: at,
      updatedAt: at,
    };
    expect(made).toEqual(policy);
    expect((await desk.typed().get("/assignment-policies/{id}", { path: { id } })).data).toEqual(policy);

    clock.advance(1_000);
    const body = { teamId, method: "least_loaded", bySkills: true } as const;
    const { data: changed } = await manager.patch("/assignment-policies/{id}", { path: { id }, body });
    expect(changed).toEqual({ ...policy, ...body, updatedAt: clock.now().toISOString() });
    const back = await manager.patch("/assignment-policies/{id}", { path: { id }, body: { teamId: null } });
    expect(back.data.teamId).toBeNull();

    await manager.delete("/assignment-policies/{id}", { path: { id } });
    await expect(manager.get("/assignment-policies/{id}", { path: { id } })).rejects.toMatchObject({ status: 404 });
    expect(await auditOf(id)).toMatchObject([
      { action: "assignment_policy.created", before: null, after: { inboxId, method: "round_robin" } },
      {
        action: "assignment_policy.changed",
        before: { teamId: null, method: "round_robin", bySkills: false },
        after: { teamId, method: "least_loaded", bySkills: true },
      },
      { action: "assignment_policy.changed", before: { teamId }, after: { teamId: null } },
      { action: "assignment_policy.deleted", before: { inboxId }, after: null },
    ]);
  });

  test("are listed newest first, and found by their inbox or team", async () => {
    const first = await ofInbox();
    const second = (await manager.post("/assignment-policies", { body: { teamId, method: "manual" } })).data.id;
    const agent = desk.typed();
    const listed: string[] = [];
    for await (const { id } of agent.all("/assignment-policies", { query: { limit: 1 } })) listed.push(id);
    expect(listed).toEqual([second, first]);
    expect((await agent.get("/assignment-policies", { query: { inboxId } })).data).toMatchObject([{ id: first }]);
    expect((await agent.get("/assignment-policies", { query: { teamId } })).data).toMatchObject([{ id: second }]);
  });

  test("are one for an inbox and one for a team by itself", async () => {
    await ofInbox();
    const body = { teamId, method: "round_robin" } as const;
    await manager.post("/assignment-policies", { body });
    const otherTeam = (await manager.post("/teams", { body: { name: "Billing" } })).data.id;
    const other = await manager.post("/assignment-policies", { body: { teamId: otherTeam, method: "manual" } });
    const taken = { status: 409, code: "conflict" };
    await expect(ofInbox()).rejects.toMatchObject(taken);
    await expect(manager.post("/assignment-policies", { body })).rejects.toMatchObject(taken);
    const move = { path: { id: other.data.id }, body: { teamId } };
    await expect(manager.patch("/assignment-policies/{id}", move)).rejects.toMatchObject(taken);
  });

  test("of a team keep a team", async () => {
    const { data } = await manager.post("/assignment-policies", { body: { teamId, method: "manual" } });
    const change = { path: { id: data.id }, body: { teamId: null } };
    await expect(manager.patch("/assignment-policies/{id}", change)).rejects.toMatchObject({ status: 400 });
  });

  test("name inboxes and teams of the company only", async () => {
    const theirs = await openDesk(api);
    const theirInbox = (await buildInbox(api.context, { tenantId: theirs.tenant.id })).id;
    const theirTeam = await theirs.typed({ role: "MANAGER" }).post("/teams", { body: { name: "Returns" } });
    for (const id of [theirInbox, newId()]) {
      const answer = await rawManager.post("/assignment-policies", { inboxId: id, method: "manual" });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "inboxId" }] } });
    }
    const policy = await ofInbox();
    for (const id of [theirTeam.data.id, newId()]) {
      const answers = [
        await rawManager.post("/assignment-policies", { teamId: id, method: "manual" }),
        await rawManager.patch(`/assignment-policies/${policy}`, { teamId: id }),
      ];
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "teamId" }] } });
    }
  });

  test("of another company are not there", async () => {
    const id = await ofInbox();
    const path = { id };
    const theirs = (await openDesk(api)).typed({ role: "MANAGER" });
    const statuses = await statusesOf([
      theirs.get("/assignment-policies/{id}", { path }),
      theirs.patch("/assignment-policies/{id}", { path, body: { method: "manual" } }),
      theirs.delete("/assignment-policies/{id}", { path }),
    ]);
    expect(statuses).toEqual([404, 404, 404]);
    expect((await theirs.get("/assignment-policies")).data).toEqual([]);
  });

  test("are the managers' to change", async () => {
    const path = { id: await ofInbox() };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.get("/assignment-policies/{id}", { path }),
      agent.post("/assignment-policies", { body: { teamId, method: "manual" } }),
      agent.patch("/assignment-policies/{id}", { path, body: { method: "manual" } }),
      agent.delete("/assignment-policies/{id}", { path }),
    ]);
    expect(statuses).toEqual([200, 403, 403, 403]);
  });

  test("are made once under an Idempotency-Key", async () => {
    const headers = { "idempotency-key": "policy-1" };
    const payload = { inboxId, method: "manual" };
    const first = await rawManager.post("/assignment-policies", payload, headers);
    const second = await rawManager.post("/assignment-policies", payload, headers);
    expect([first.status, second.status, second.headers["idempotency-replayed"]]).toEqual([201, 201, "true"]);
    expect(second.body).toEqual(first.body);
  });

  test.each([
    { method: "round_robin" },
    { inboxId: newId() },
    { inboxId: newId(), method: "random" },
    { teamId: newId(), method: "manual", isSticky: 1 },
    { teamId: newId(), method: "manual", tenantId: newId() },
  ])("are not made of %j", async (payload) => {
    expect((await rawManager.post("/assignment-policies", payload)).status).toBe(400);
  });

  test.each([{}, { inboxId: newId() }, { method: null }])("are not changed by %j", async (payload) => {
    expect((await rawManager.patch(`/assignment-policies/${await ofInbox()}`, payload)).status).toBe(400);
  });

  test("go with their inbox and their team", async () => {
    const ids = [
      await ofInbox(),
      (await manager.post("/assignment-policies", { body: { teamId, method: "manual" } })).data.id,
    ];
    const admin = desk.typed({ role: "ADMIN" });
    await admin.delete("/inboxes/{id}", { path: { id: inboxId } });
    await admin.delete("/teams/{id}", { path: { id: teamId } });
    const statuses = await statusesOf(ids.map((id) => manager.get("/assignment-policies/{id}", { path: { id } })));
    expect(statuses).toEqual([404, 404]);
  });
});

test("whoever says that they are there wakes assignment, where a policy assigns", async () => {
  const jobs = async () => {
    const all = await api.context.jobsOn(assignmentQueue);
    return all.filter(({ payload }) => JSON.stringify(payload).includes(desk.tenant.id)).length;
  };
  await desk.typed().patch("/users/me", { body: { availability: "online" } });
  expect(await jobs()).toBe(0);
  await ofInbox();
  await desk.typed().patch("/users/me", { body: { availability: "away" } });
  expect(await jobs()).toBe(1);
});

test("a team's tickets are nobody's team's when it is dissolved, and each is told, as is each conversation", async () => {
  const { tenant, agent } = desk;
  const conversation = await buildConversation(api.context, { tenantId: tenant.id, teamId, assigneeId: agent.id });
  const open = await buildTicket(api.context, conversation, { teamId, assigneeId: agent.id });
  const closed = await buildTicket(api.context, conversation, { teamId, status: "CLOSED" });
  await manager.delete("/teams/{id}", { path: { id: teamId } });
  const after = await api.context.database.withTenant(tenant.id, async (tx) => ({
    tickets: await tx.ticket.findMany({ orderBy: { id: "asc" } }),
    conversation: await tx.conversation.findFirst(),
    events: await tx.event.findMany({
      where: { type: { in: ["ASSIGNMENT_CHANGED", "CONVERSATION_CHANGED"] } },
      orderBy: [{ type: "asc" }, { ticketId: "asc" }],
    }),
  }));
  expect(after).toMatchObject({
    tickets: [
      { id: open.id, teamId: null, assigneeId: agent.id, version: 2 },
      { id: closed.id, teamId: null, version: 2 },
    ],
    conversation: { teamId: null, assigneeId: agent.id },
    events: [
      {
        ticketId: open.id,
        conversationId: conversation.id,
        actorType: "AGENT",
        data: {
          from: { userId: agent.id, teamId },
          to: { userId: agent.id, teamId: null },
          because: "team_deleted",
        },
      },
      {
        ticketId: closed.id,
        data: { from: { userId: null, teamId }, to: { userId: null, teamId: null }, because: "team_deleted" },
      },
      {
        type: "CONVERSATION_CHANGED",
        conversationId: conversation.id,
        actorType: "AGENT",
        data: { changed: ["teamId"], teamId: null, because: "team_deleted" },
      },
    ],
  });
});
