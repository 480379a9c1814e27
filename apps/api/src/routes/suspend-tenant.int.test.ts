import { outboundQueue } from "@parley/core/outbound-queue";
import { buildConversation, buildInbox, buildMessage, buildTicket } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, readAll, signedIn, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let platform: Client;

openDeskForEachTest((opened) => ({ api, desk, platform } = opened));

describe("a suspended company", () => {
  test("reads and takes notes, and sends nothing to customers", async () => {
    const { id: tenantId } = desk.tenant;
    const conversation = await buildConversation(api.context, { tenantId });
    const ticket = await buildTicket(api.context, conversation);
    const failed = await buildMessage(api.context, conversation, { direction: "OUTBOUND", status: "FAILED" });
    await platform.patch(`/tenants/${tenantId}`, { status: "suspended" });

    const text = { type: "text", text: "Hello" };
    const path = `/conversations/${conversation.id}/messages`;
    const answers = [
      await desk.client.post(path, text),
      await desk.client.post("/messages", { inboxId: conversation.inboxId, to: "+4915112345678", ...text }),
      await desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Hello" }),
      await desk.client.post(`/messages/${failed.id}/retry`),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 403,
        body: { code: "forbidden", detail: expect.stringContaining("suspended") },
      });
    }
    expect((await readAll(desk.client, `${path}?limit=50`)).map(({ id }) => id)).toEqual([failed.id]);
    expect(JSON.stringify(await api.context.jobsOn(outboundQueue))).not.toContain(tenantId);
    expect((await desk.client.get("/contacts")).body.data).toHaveLength(1);

    expect((await desk.client.post(path, { ...text, isInternal: true })).status).toBe(201);
    const note = await desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Note", isInternal: true });
    expect(note.status).toBe(201);
  });

  test("is not sent for by the platform's administrators either, and sends again once it is active", async () => {
    const { id: tenantId } = desk.tenant;
    const { id } = await buildConversation(api.context, { tenantId });
    const visitor = signedIn(api, { tenantId, isSuperAdmin: true });
    const send = async (): Promise<number> =>
      (await visitor.post(`/conversations/${id}/messages`, { type: "text", text: "Hello" })).status;
    for (const status of ["suspended", "closed"]) {
      await platform.patch(`/tenants/${tenantId}`, { status });
      expect(await send()).toBe(403);
    }
    await platform.patch(`/tenants/${tenantId}`, { status: "active" });
    expect(await send()).toBe(201);
  });
});

describe("PATCH /tenants/:id", () => {
  test.each([
    ["suspended", "active"],
    ["suspended", "trial"],
    ["closed", "active"],
  ])("enqueues what has waited in active inboxes when it goes from %s to %s", async (from, to) => {
    const { id: tenantId } = desk.tenant;
    await platform.patch(`/tenants/${tenantId}`, { status: from });
    const queued = { direction: "OUTBOUND", status: "QUEUED", externalId: null } as const;
    const paused = await buildInbox(api.context, { tenantId, status: "PAUSED" });
    await buildMessage(api.context, await buildConversation(api.context, { tenantId, inboxId: paused.id }), queued);
    const heads: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const conversation = await buildConversation(api.context, { tenantId });
      const { id, occurredAt } = await buildMessage(api.context, conversation, queued);
      const later = new Date(occurredAt.getTime() + 1);
      await buildMessage(api.context, conversation, { ...queued, occurredAt: later });
      heads.push(id);
    }

    await platform.patch(`/tenants/${tenantId}`, { status: to });
    const waiting = (await api.context.jobsOn(outboundQueue)).filter(
      ({ payload }) => (payload as { tenantId: string }).tenantId === tenantId,
    );
    expect(waiting.map(({ payload }) => (payload as { messageId: string }).messageId).toSorted()).toEqual(
      heads.toSorted(),
    );
  });

  test("enqueues nothing where the company could send before", async () => {
    const { id: tenantId } = desk.tenant;
    const conversation = await buildConversation(api.context, { tenantId });
    await buildMessage(api.context, conversation, { direction: "OUTBOUND", status: "QUEUED", externalId: null });
    await platform.patch(`/tenants/${tenantId}`, { status: "trial" });
    const jobs = await api.context.jobsOn(outboundQueue);
    expect(JSON.stringify(jobs)).not.toContain(tenantId);
  });
});

test("nobody signs in to a closed company, and everybody does once it is open again", async () => {
  const path = `/tenants/${desk.tenant.id}`;
  await platform.patch(path, { status: "closed" });
  expect((await desk.client.get("/tenants/current")).status).toBe(401);
  await platform.patch(path, { status: "active" });
  expect((await desk.client.get("/tenants/current")).status).toBe(200);
});
