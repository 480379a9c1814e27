import { buildContact, buildConversation, buildInbox, buildTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskForEachTest, type Desk } from "./desk.fixture.ts";
import { storedTenant } from "./tenants.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

describe("GET /tenants/current", () => {
  test("counts what the company has, and nobody else's", async () => {
    const tenantId = desk.tenant.id;
    await buildTicket(api.context, await buildConversation(api.context, { tenantId: (await openDesk(api)).tenant.id }));
    const conversation = await buildConversation(api.context, { tenantId });
    const [settled, closed, open] = ["RESOLVED", "CLOSED", "ESCALATED"] as const;
    for (const status of [settled, closed, open]) await buildTicket(api.context, conversation, { status });
    await buildContact(api.context, { tenantId });
    await buildInbox(api.context, { tenantId });
    const { status, body } = await desk.client.get("/tenants/current");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: tenantId, status: "active", plan: "dev" });
    expect(body.data.counts).toEqual({ members: 1, inboxes: 2, contacts: 2, openTickets: 1 });
  });
});

describe("PATCH /tenants/current", () => {
  test("renames the company and writes down who did", async () => {
    const { id: userId } = await desk.newMember("ADMIN");
    const answer = await desk.as({ userId }).patch("/tenants/current", { name: "  New name " });
    expect(answer).toMatchObject({ status: 200, body: { data: { name: "New name", slug: desk.tenant.slug } } });
    expect(answer.body.data.counts).toMatchObject({ members: 2 });
    expect((await desk.client.get("/tenants/current")).body.data.name).toBe("New name");
    expect(await readAudit(api, { tenantId: desk.tenant.id })).toMatchObject([
      {
        action: "tenant.changed",
        actorId: userId,
        subjectType: "tenant",
        subjectId: desk.tenant.id,
        before: { name: desk.tenant.name },
        after: { name: "New name" },
      },
    ]);
  });

  test("to the name that it has is no change", async () => {
    const { status } = await desk.as({ role: "OWNER" }).patch("/tenants/current", { name: desk.tenant.name });
    expect(status).toBe(200);
    expect(await readAudit(api, { tenantId: desk.tenant.id })).toEqual([]);
  });

  test.each([{}, { name: " " }, { name: "x".repeat(121) }, { name: "x", plan: "enterprise" }, { status: "active" }])(
    "refuses %j",
    async (payload) => {
      expect((await desk.as({ role: "OWNER" }).patch("/tenants/current", payload)).status).toBe(400);
    },
  );

  test("needs the role admin", async () => {
    expect((await desk.as({ role: "MANAGER" }).patch("/tenants/current", { name: "Mine" })).status).toBe(403);
    expect((await storedTenant(api, desk.tenant.id)).name).toBe(desk.tenant.name);
  });
});
