import type { ParleyClient } from "@parley/client";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, statusesOf, type Client, type Desk } from "./desk.fixture.ts";
import { being, formTeam, joining, openTeamsDeskForEachTest } from "./teams.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let rawManager: Client;

openTeamsDeskForEachTest((opened) => ({ api, desk, manager, rawManager } = opened));

describe("members of a team", () => {
  test("join, become leads and leave, and it is written down", async () => {
    const id = await formTeam(manager);
    const { id: userId, email, fullName } = desk.agent;
    const agent = desk.typed();
    const createdAt = api.context.clock.now().toISOString();
    const member = { userId, email, fullName, role: "member", availability: "offline", createdAt };
    const { data: added } = await manager.post("/teams/{id}/members", joining(id, userId));
    expect(added).toEqual(member);
    expect((await agent.get("/teams/{id}/members", { path: { id } })).data).toEqual([member]);
    expect((await agent.get("/teams/{id}", { path: { id } })).data.memberCount).toBe(1);

    const appoint = () =>
      manager.patch("/teams/{id}/members/{userId}", { ...being(id, userId), body: { role: "lead" } });
    expect((await appoint()).data).toEqual({ ...member, role: "lead" });
    expect((await appoint()).data).toEqual({ ...member, role: "lead" });

    await manager.delete("/teams/{id}/members/{userId}", being(id, userId));
    expect((await agent.get("/teams/{id}/members", { path: { id } })).data).toEqual([]);
    expect((await readAudit(api, { tenantId: desk.tenant.id, subjectId: id })).slice(1)).toMatchObject([
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
    const id = await formTeam(manager);
    const added = [await desk.newMember(), await desk.newMember(), await desk.newMember()];
    for (const { id: userId } of added) await manager.post("/teams/{id}/members", joining(id, userId));
    const pages: string[][] = [];
    for await (const page of desk.typed().eachPage("/teams/{id}/members", { path: { id }, query: { limit: 2 } })) {
      pages.push(page.map(({ userId }) => userId));
    }
    const [first, second, third] = added.map((user) => user.id);
    expect(pages).toEqual([[third, second], [first]]);
  });

  test("join once", async () => {
    const id = await formTeam(manager);
    const join = () => manager.post("/teams/{id}/members", joining(id, desk.agent.id));
    expect(new Set(await statusesOf([join(), join()]))).toEqual(new Set([200, 409]));
    await expect(join()).rejects.toMatchObject({ status: 409, code: "conflict" });
  });

  test("are members of the company", async () => {
    const id = await formTeam(manager);
    const theirs = await openDesk(api);
    for (const userId of [theirs.agent.id, newId()]) {
      await expect(manager.post("/teams/{id}/members", joining(id, userId))).rejects.toMatchObject({
        code: "validation_failed",
        errors: [{ path: "userId", message: "is not a member of this company" }],
      });
    }
  });

  test("are not found in a team that they are not in", async () => {
    const nowhere = being(await formTeam(manager), desk.agent.id);
    const statuses = await statusesOf([
      manager.patch("/teams/{id}/members/{userId}", { ...nowhere, body: { role: "lead" } }),
      manager.delete("/teams/{id}/members/{userId}", nowhere),
    ]);
    expect(statuses).toEqual([404, 404]);
  });

  test.each([{}, { userId: "x" }, { userId: newId(), role: "boss" }, { userId: newId(), teamId: newId() }])(
    "do not join with %j",
    async (payload) => {
      expect((await rawManager.post(`/teams/${await formTeam(manager)}/members`, payload)).status).toBe(400);
    },
  );
});

describe("a team's lead", () => {
  let id: string;
  let lead: ParleyClient;

  beforeEach(async () => {
    id = await formTeam(manager);
    await manager.post("/teams/{id}/members", joining(id, desk.agent.id, "lead"));
    lead = desk.typed();
  });

  test("adds and removes members", async () => {
    const { id: userId } = await desk.newMember();
    await lead.post("/teams/{id}/members", joining(id, userId));
    await lead.patch("/teams/{id}/members/{userId}", { ...being(id, userId), body: { role: "member" } });
    await lead.delete("/teams/{id}/members/{userId}", being(id, userId));
    const { data } = await lead.get("/teams/{id}/members", { path: { id } });
    expect(data).toMatchObject([{ userId: desk.agent.id }]);
  });

  test("neither appoints nor demotes a lead", async () => {
    const [other, member, third] = [await desk.newMember(), await desk.newMember(), await desk.newMember()];
    await manager.post("/teams/{id}/members", joining(id, other.id, "lead"));
    await manager.post("/teams/{id}/members", joining(id, member.id));
    const statuses = await statusesOf([
      lead.post("/teams/{id}/members", joining(id, third.id, "lead")),
      lead.patch("/teams/{id}/members/{userId}", { ...being(id, member.id), body: { role: "lead" } }),
      lead.patch("/teams/{id}/members/{userId}", { ...being(id, other.id), body: { role: "member" } }),
      lead.delete("/teams/{id}/members/{userId}", being(id, other.id)),
      lead.delete("/teams/{id}/members/{userId}", being(id, desk.agent.id)),
    ]);
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    expect((await lead.get("/teams/{id}", { path: { id } })).data.memberCount).toBe(3);
  });

  test("says nothing about other teams, nor about the team itself", async () => {
    const otherId = await formTeam(manager, "Billing");
    const { id: userId } = await desk.newMember();
    await manager.post("/teams/{id}/members", joining(otherId, desk.agent.id));
    const statuses = await statusesOf([
      lead.post("/teams/{id}/members", joining(otherId, userId)),
      lead.delete("/teams/{id}/members/{userId}", being(otherId, desk.agent.id)),
      lead.patch("/teams/{id}", { path: { id }, body: { name: "Mine" } }),
      lead.delete("/teams/{id}", { path: { id } }),
    ]);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });

  test("says what a member of the team may not", async () => {
    const [{ id: userId }, { id: otherId }] = [await desk.newMember(), await desk.newMember()];
    await manager.post("/teams/{id}/members", joining(id, userId));
    const member = desk.typed({ userId });
    const statuses = await statusesOf([
      member.post("/teams/{id}/members", joining(id, otherId)),
      member.patch("/teams/{id}/members/{userId}", { ...being(id, userId), body: { role: "lead" } }),
      member.delete("/teams/{id}/members/{userId}", being(id, desk.agent.id)),
      desk.typed({ role: "AGENT" }).post("/teams/{id}/members", joining(id, otherId)),
    ]);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });
});
