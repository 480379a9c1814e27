import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, signedIn, type Client, type Desk } from "./desk.fixture.ts";
import { atTheSameMoment, countOwners, memberAudit } from "./users.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

describe("PATCH /users/:id", () => {
  test("says what somebody is good at, each thing once, and writes it down", async () => {
    const skills = ["returns", "french"];
    const answer = await admin.patch(`/users/${desk.agent.id}`, { skills: [...skills, "returns"] });
    expect(answer).toMatchObject({ status: 200, body: { data: { skills } } });
    expect((await admin.patch(`/users/${desk.agent.id}`, { skills })).status).toBe(200);
    expect((await admin.patch(`/users/${desk.agent.id}`, { skills: [] })).body.data.skills).toEqual([]);
    expect(await memberAudit(api, desk)).toMatchObject([
      { action: "member.changed", before: { skills: [] }, after: { skills } },
      { action: "member.changed", before: { skills }, after: { skills: [] } },
    ]);
  });

  test("changes role, capacity and availability, and writes it down", async () => {
    api.context.clock.advance(60_000);
    const change = { role: "manager", capacity: 0, availability: "away" };
    const answer = await admin.patch(`/users/${desk.agent.id}`, change);
    expect(answer).toMatchObject({ status: 200, body: { data: { id: desk.agent.id, ...change } } });
    expect(answer.body.data.availabilityChangedAt).toBe(api.context.clock.now().toISOString());
    expect(await memberAudit(api, desk)).toMatchObject([
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
    expect(await memberAudit(api, desk)).toEqual([]);
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
      const { id } = await desk.newMember("OWNER");
      await desk.newMember("OWNER");
      expect(await admin.patch(`/users/${id}`, change)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    },
  );

  test("changes one's own capacity, but not one's own role", async () => {
    const { id } = await desk.newMember("OWNER");
    await desk.newMember("OWNER");
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
    const [first, second] = [await desk.newMember("OWNER"), await desk.newMember("OWNER")];
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    expect((await platform.patch(`/users/${first.id}`, { role: "agent" })).status).toBe(200);
    const refused = await platform.patch(`/users/${second.id}`, { role: "admin" });
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict", detail: expect.stringContaining("last") } });
    expect((await platform.patch(`/users/${first.id}`, { role: "owner" })).status).toBe(200);
    expect((await platform.patch(`/users/${second.id}`, { role: "admin" })).status).toBe(200);
  });

  test("leaves a company its last owner when both are demoted at the same moment", async () => {
    const [first, second] = [await desk.newMember("OWNER"), await desk.newMember("OWNER")];
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    const answers = await atTheSameMoment(
      api,
      desk,
      [first, second].map(
        ({ id }) =>
          () =>
            platform.patch(`/users/${id}`, { role: "agent" }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(await countOwners(api, desk)).toBe(1);
  });

  test("refuses whoever is demoted by somebody whom they demote at the same moment", async () => {
    const [first, second] = [await desk.newMember("OWNER"), await desk.newMember("OWNER")];
    const [asFirst, asSecond] = [desk.as({ userId: first.id }), desk.as({ userId: second.id })];
    const answers = await atTheSameMoment(api, desk, [
      () => asFirst.patch(`/users/${second.id}`, { role: "agent" }),
      () => asSecond.patch(`/users/${first.id}`, { role: "agent" }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 403]));
    expect(await countOwners(api, desk)).toBe(1);
  });

  test.each([
    {},
    { role: "boss" },
    { capacity: -1 },
    { capacity: 1_001 },
    { capacity: 1.5 },
    { skills: ["a\nb"] },
    { skills: "returns" },
    { skills: Array.from({ length: 51 }, (_empty, n) => `skill-${n}`) },
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
    const { id } = await desk.newMember("ADMIN");
    const self = desk.as({ userId: id });
    await self.patch("/users/me", { availability: "online" });
    await self.patch(`/users/${id}`, { availability: "away" });
    expect(await memberAudit(api, desk)).toEqual([]);
    await admin.patch(`/users/${id}`, { availability: "offline" });
    expect(await memberAudit(api, desk)).toMatchObject([
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
