import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";
import { formTeam } from "./users.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

describe("GET /users", () => {
  test("shows each member with their teams and unfinished tickets, to any member", async () => {
    const { agent, tenant } = desk;
    const teamIds = [await formTeam(admin, "Returns", agent.id), await formTeam(admin, "Billing", agent.id)];
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
      skills: [],
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
    const added = [await desk.newMember(), await desk.newMember(), await desk.newMember()];
    const ids = (await readAll(desk.client, "/users?limit=2")).map(({ id }) => id);
    expect(ids).toEqual([...added.map(({ id }) => id).toReversed(), desk.agent.id]);
  });

  test("is filtered by name, e-mail, role, availability and team", async () => {
    const { id: tenantId } = desk.tenant;
    const found = await buildUser(api.context, { tenantId, role: "MANAGER", fullName: "Quentin 100%" });
    const teamId = await formTeam(admin, "Returns", found.id);
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
