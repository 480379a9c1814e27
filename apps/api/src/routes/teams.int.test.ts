import type { ParleyClient } from "@parley/client";
import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, statusesOf, type Client, type Desk } from "./desk.fixture.ts";
import { being, formTeam, joining, openTeamsDeskForEachTest } from "./teams.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let rawManager: Client;

openTeamsDeskForEachTest((opened) => ({ api, desk, manager, rawManager } = opened));

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
    expect(await readAudit(api, { tenantId: desk.tenant.id, subjectId: id })).toMatchObject([
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
    const ids = [
      await formTeam(manager, "Returns"),
      await formTeam(manager, "Billing"),
      await formTeam(manager, "Billing abroad"),
    ];
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
    await formTeam(manager, "Returns");
    const id = await formTeam(manager, "Billing");
    const taken = { status: 409, code: "conflict", detail: expect.stringContaining("name") };
    await expect(manager.post("/teams", { body: { name: " Returns " } })).rejects.toMatchObject(taken);
    const change = manager.patch("/teams/{id}", { path: { id }, body: { name: "Returns" } });
    await expect(change).rejects.toMatchObject(taken);
  });

  test("are the managers' to change", async () => {
    const path = { id: await formTeam(manager) };
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
    expect((await rawManager.patch(`/teams/${await formTeam(manager)}`, payload)).status).toBe(400);
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
