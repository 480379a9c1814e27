import { buildConversation, buildSession, buildTicket, waitUntil } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskForEachTest, signedIn, type Client, type Desk } from "./desk.fixture.ts";
import { atTheSameMoment, countOwners, countWaiting, formTeam, memberAudit } from "./users.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

/** Whether a program with this key is let in. */
const works = async (key: string) => (await ask(api, key, { path: "/tickets" })).status;

describe("DELETE /users/:id", () => {
  test("ends the membership, its teams and its sessions, and writes it down", async () => {
    const teamId = await formTeam(admin, "Returns", desk.agent.id);
    expect((await desk.client.get("/users")).status).toBe(200);
    expect((await admin.delete(`/users/${desk.agent.id}`)).status).toBe(204);
    expect((await admin.get(`/users/${desk.agent.id}`)).status).toBe(404);
    expect((await admin.get(`/teams/${teamId}`)).body.data.memberCount).toBe(0);
    api.context.clock.advance(3_000);
    expect((await desk.client.get("/users")).status).toBe(401);
    expect(await memberAudit(api, desk)).toMatchObject([
      {
        action: "member.removed",
        subjectId: desk.agent.id,
        before: { email: desk.agent.email, role: "agent", teams: [{ id: teamId }] },
        after: null,
      },
    ]);
  });

  test("assigns to nobody what was assigned, and tells of each, finished or not", async () => {
    const { agent, tenant } = desk;
    const mine = { tenantId: tenant.id, assigneeId: agent.id };
    const open = await buildConversation(api.context, mine);
    const resolved = await buildConversation(api.context, { ...mine, status: "RESOLVED" });
    const ofColleague = await buildConversation(api.context, {
      tenantId: tenant.id,
      assigneeId: (await desk.newMember()).id,
    });
    const tickets = [
      await buildTicket(api.context, open, { assigneeId: agent.id }),
      await buildTicket(api.context, resolved, { assigneeId: agent.id, status: "CLOSED", resolvedAt: new Date() }),
      await buildTicket(api.context, ofColleague, { assigneeId: agent.id }),
    ];
    const { id: adminId } = await desk.newMember("ADMIN");
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
      tx.event.findMany({
        where: { tenantId: tenant.id, type: "CONVERSATION_CHANGED" },
        orderBy: { conversationId: "asc" },
      }),
    );
    expect(events).toMatchObject(
      [open, resolved].map(({ id: conversationId, contactId }) => ({
        actorType: "AGENT",
        actorId: adminId,
        conversationId,
        contactId,
        data: { changed: ["assigneeId"], assigneeId: null, because: "member_removed" },
      })),
    );
    const assignments = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { tenantId: tenant.id, type: "ASSIGNMENT_CHANGED" }, orderBy: { ticketId: "asc" } }),
    );
    const from = { userId: agent.id, teamId: null };
    const data = { from, to: { userId: null, teamId: null }, because: "member_removed" };
    expect(assignments).toMatchObject(
      tickets.map((ticket) => ({
        actorId: adminId,
        ticketId: ticket.id,
        conversationId: ticket.conversationId,
        data,
      })),
    );
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
      await waitUntil(async () => (await countWaiting(api)) === 1, "the removal waits for the assignment");
      return { removal: sent };
    });
    expect((await removal).status).toBe(204);
    expect((await admin.get(`/conversations/${id}`)).body.data.assigneeId).toBeNull();
  });

  test("removes nobody above oneself, but oneself", async () => {
    const [owner, { id: adminId }] = [await desk.newMember("OWNER"), await desk.newMember("ADMIN")];
    const self = desk.as({ userId: adminId });
    expect(await self.delete(`/users/${owner.id}`)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await self.delete(`/users/${adminId}`)).status).toBe(204);
  });

  describe("of somebody who has made API keys", () => {
    let makerId: string;
    let key: string;
    let ofColleague: string;

    beforeEach(async () => {
      ({ id: makerId } = await desk.newMember("ADMIN"));
      const { id: colleague } = await desk.newMember("ADMIN");
      const common = { tenantId: desk.tenant.id, scopes: ["tickets.read" as const] };
      ({ key } = await makeKey(api, { ...common, owner: desk.as({ userId: makerId }) }));
      ({ key: ofColleague } = await makeKey(api, { ...common, owner: desk.as({ userId: colleague }) }));
    });

    test.each(["", "?revokeKeys=false"])("leaves the keys to the company: %j", async (query) => {
      expect((await admin.delete(`/users/${makerId}${query}`)).status).toBe(204);
      expect([await works(key), await works(ofColleague)]).toEqual([200, 200]);
    });

    test("ends them, and no other, where it is asked to, and writes it down", async () => {
      expect((await admin.delete(`/users/${makerId}?revokeKeys=true`)).status).toBe(204);
      expect([await works(key), await works(ofColleague)]).toEqual([401, 200]);
      const { data: keys } = (await admin.get("/api-keys")).body;
      const ended = keys.filter(({ revokedAt }: { revokedAt: string | null }) => revokedAt !== null);
      expect(ended).toMatchObject([{ createdBy: makerId }]);
      const written = await readAudit(api, { tenantId: desk.tenant.id, action: "api_key.revoked" });
      expect(written).toMatchObject([{ subjectId: ended[0].id, before: { revokedAt: null } }]);
    });

    test("takes no other word for it", async () => {
      const answer = await admin.delete(`/users/${makerId}?revokeKeys=perhaps`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "revokeKeys" }] } });
    });
  });

  test("leaves a company its last owner, who cannot leave either", async () => {
    const [first, second] = [await desk.newMember("OWNER"), await desk.newMember("OWNER")];
    const platform = signedIn(api, { tenantId: desk.tenant.id, isSuperAdmin: true });
    expect((await desk.as({ userId: first.id }).delete(`/users/${first.id}`)).status).toBe(204);
    for (const client of [desk.as({ userId: second.id }), platform]) {
      const answer = await client.delete(`/users/${second.id}`);
      expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("last owner") } });
    }
    expect(await countOwners(api, desk)).toBe(1);
  });

  test.each([
    ["each other: the other is nobody by then", "other", 403],
    ["themselves: the last one stays", "self", 409],
  ])("leaves one of two owners who at the same moment remove %s", async (_which, whom, refusal) => {
    const owners = [await desk.newMember("OWNER"), await desk.newMember("OWNER")];
    const answers = await atTheSameMoment(
      api,
      desk,
      owners.map(({ id }) => {
        const removed = owners.find((owner) => (owner.id === id) === (whom === "self"));
        return () => desk.as({ userId: id }).delete(`/users/${removed?.id}`);
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, refusal]));
    expect(await countOwners(api, desk)).toBe(1);
  });
});
