import type { ParleyClient } from "@parley/client";
import { newId } from "@parley/runtime";
import { buildUser, type BuiltUser } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
/** The same person, for what the document does not offer. */
let rawManager: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.typed({ userId });
  rawManager = desk.as({ userId });
});

const newMember = (): Promise<BuiltUser> => buildUser(api.context, { tenantId: desk.tenant.id });

async function formTeam(name = "Returns"): Promise<string> {
  return (await manager.post("/teams", { body: { name } })).data.id;
}

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

/** What joining a team and what changing or leaving it are given. */
const joining = (id: string, userId: string, role?: "lead" | "member") => ({ path: { id }, body: { userId, role } });
const being = (id: string, userId: string) => ({ path: { id, userId } });

describe("teams", () => {
  test("are formed, changed and dissolved, and it is written down", async () => {
    const { clock } = api.context;
    const { data: formed } = await manager.post("/teams", {
      body: { name: "Returns", description: "What comes back" },
    });
    const { id } = formed;
    const at = clock.now().toISOString();
    const team = { id, name: "Returns", description: "What comes back", memberCount: 0, createdAt: at, updatedAt: at };
    expect(formed).toEqual(team);
    expect((await desk.typed().get("/teams/{id}", { path: { id } })).data).toEqual(team);

    clock.advance(1_000);
    const body = { name: "Refunds", description: null };
    const { data: changed } = await manager.patch("/teams/{id}", { path: { id }, body });
    expect(changed).toEqual({ ...team, ...body, updatedAt: clock.now().toISOString() });

    await manager.delete("/teams/{id}", { path: { id } });
    await expect(manager.get("/teams/{id}", { path: { id } })).rejects.toMatchObject({ status: 404 });
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
    const agent = desk.typed();
    const listed: string[] = [];
    for await (const { id } of agent.all("/teams", { query: { limit: 2 } })) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
    const { data: found } = await agent.get("/teams", { query: { search: "bILLING", limit: 1 } });
    expect(found).toMatchObject([{ id: ids[2] }]);
    expect((await agent.get("/teams", { query: { search: "%" } })).data).toEqual([]);
  });

  test("have a name of their own in the company", async () => {
    const theirs = await openDesk(api);
    await theirs.typed({ role: "MANAGER" }).post("/teams", { body: { name: "Returns" } });
    await formTeam("Returns");
    const id = await formTeam("Billing");
    const taken = { status: 409, code: "conflict", detail: expect.stringContaining("name") };
    await expect(manager.post("/teams", { body: { name: " Returns " } })).rejects.toMatchObject(taken);
    const change = manager.patch("/teams/{id}", { path: { id }, body: { name: "Returns" } });
    await expect(change).rejects.toMatchObject(taken);
  });

  test("are the managers' to change", async () => {
    const path = { id: await formTeam() };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.post("/teams", { body: { name: "Mine" } }),
      agent.patch("/teams/{id}", { path, body: { name: "Mine" } }),
      agent.delete("/teams/{id}", { path }),
    ]);
    expect(statuses).toEqual([403, 403, 403]);
  });

  test("are formed once under an Idempotency-Key", async () => {
    const input = { body: { name: "Returns" }, params: { header: { "Idempotency-Key": "team-1" } } };
    const first = await manager.raw.POST("/teams", input);
    const second = await manager.raw.POST("/teams", input);
    expect([first, second].map(({ response }) => response.status)).toEqual([201, 201]);
    expect(second.data).toEqual(first.data);
    expect([first, second].map(({ response }) => response.headers.get("idempotency-replayed"))).toEqual([null, "true"]);
  });

  test.each([{}, { name: " " }, { name: "x".repeat(121) }, { name: "Returns", tenantId: newId() }])(
    "are not formed of %j",
    async (payload) => {
      expect((await rawManager.post("/teams", payload)).status).toBe(400);
    },
  );

  test.each([{}, { name: null }, { memberCount: 3 }])("are not changed by %j", async (payload) => {
    expect((await rawManager.patch(`/teams/${await formTeam()}`, payload)).status).toBe(400);
  });
});

describe("members of a team", () => {
  test("join, become leads and leave, and it is written down", async () => {
    const id = await formTeam();
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
    for (const { id: userId } of added) await manager.post("/teams/{id}/members", joining(id, userId));
    const pages: string[][] = [];
    for await (const page of desk.typed().eachPage("/teams/{id}/members", { path: { id }, query: { limit: 2 } })) {
      pages.push(page.map(({ userId }) => userId));
    }
    const [first, second, third] = added.map((user) => user.id);
    expect(pages).toEqual([[third, second], [first]]);
  });

  test("join once", async () => {
    const id = await formTeam();
    const join = () => manager.post("/teams/{id}/members", joining(id, desk.agent.id));
    expect(new Set(await statusesOf([join(), join()]))).toEqual(new Set([200, 409]));
    await expect(join()).rejects.toMatchObject({ status: 409, code: "conflict" });
  });

  test("are members of the company", async () => {
    const id = await formTeam();
    const theirs = await openDesk(api);
    for (const userId of [theirs.agent.id, newId()]) {
      await expect(manager.post("/teams/{id}/members", joining(id, userId))).rejects.toMatchObject({
        code: "validation_failed",
        errors: [{ path: "userId", message: "is not a member of this company" }],
      });
    }
  });

  test("are not found in a team that they are not in", async () => {
    const nowhere = being(await formTeam(), desk.agent.id);
    const statuses = await statusesOf([
      manager.patch("/teams/{id}/members/{userId}", { ...nowhere, body: { role: "lead" } }),
      manager.delete("/teams/{id}/members/{userId}", nowhere),
    ]);
    expect(statuses).toEqual([404, 404]);
  });

  test.each([{}, { userId: "x" }, { userId: newId(), role: "boss" }, { userId: newId(), teamId: newId() }])(
    "do not join with %j",
    async (payload) => {
      expect((await rawManager.post(`/teams/${await formTeam()}/members`, payload)).status).toBe(400);
    },
  );
});

describe("a team's lead", () => {
  let id: string;
  let lead: ParleyClient;

  beforeEach(async () => {
    id = await formTeam();
    await manager.post("/teams/{id}/members", joining(id, desk.agent.id, "lead"));
    lead = desk.typed();
  });

  test("adds and removes members", async () => {
    const { id: userId } = await newMember();
    await lead.post("/teams/{id}/members", joining(id, userId));
    await lead.patch("/teams/{id}/members/{userId}", { ...being(id, userId), body: { role: "member" } });
    await lead.delete("/teams/{id}/members/{userId}", being(id, userId));
    const { data } = await lead.get("/teams/{id}/members", { path: { id } });
    expect(data).toMatchObject([{ userId: desk.agent.id }]);
  });

  test("neither appoints nor demotes a lead", async () => {
    const [other, member, third] = [await newMember(), await newMember(), await newMember()];
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
    const otherId = await formTeam("Billing");
    const { id: userId } = await newMember();
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
    const [{ id: userId }, { id: otherId }] = [await newMember(), await newMember()];
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

test("another company's team is answered like nobody's, and stays as it is", async () => {
  const theirs = await openDesk(api);
  const theirManager = theirs.typed({ role: "MANAGER" });
  const { id: foreign } = (await theirManager.post("/teams", { body: { name: "Secret" } })).data;
  await theirManager.post("/teams/{id}/members", joining(foreign, theirs.agent.id));
  const owner = desk.typed({ role: "OWNER" });
  for (const id of [foreign, newId()]) {
    const path = { id };
    const member = being(id, theirs.agent.id);
    const statuses = await statusesOf([
      owner.get("/teams/{id}", { path }),
      owner.patch("/teams/{id}", { path, body: { name: "Mine" } }),
      owner.delete("/teams/{id}", { path }),
      owner.get("/teams/{id}/members", { path }),
      owner.post("/teams/{id}/members", joining(id, desk.agent.id)),
      owner.patch("/teams/{id}/members/{userId}", { ...member, body: { role: "lead" } }),
      owner.delete("/teams/{id}/members/{userId}", member),
    ]);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 404]);
  }
  expect((await owner.get("/teams")).data).toEqual([]);
  const { data: secret } = await theirManager.get("/teams/{id}", { path: { id: foreign } });
  expect(secret).toMatchObject({ name: "Secret", memberCount: 1 });
});
