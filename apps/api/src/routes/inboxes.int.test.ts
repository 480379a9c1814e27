import { readCredentials } from "@parley/core/inboxes";
import { outboundQueue } from "@parley/core/outbound-queue";
import { newId } from "@parley/runtime";
import { buildConversation, buildInbox, buildMessage, type BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

function storedInbox(id: string): Promise<BuiltInbox> {
  return api.context.database.withSystem((tx) => tx.inbox.findUniqueOrThrow({ where: { id } }));
}

async function credentialsOf(id: string): Promise<object> {
  return readCredentials(api.context.keyring, await storedInbox(id));
}

const at = (seconds: number): { occurredAt: Date } => ({ occurredAt: new Date(Date.now() + seconds * 1_000) });

let lastAccount = 0;
const newAccount = (): string => String(100_000_000_000_000 + (lastAccount += 1));

describe("POST /inboxes", () => {
  test("connects an account, and never shows its credentials", async () => {
    const externalId = newAccount();
    const config = { wabaId: "102290129340398", unknownOutcome: { afterMinutes: 30, then: "fail" } };
    const credentials = { accessToken: "canary-access-token", appSecret: "canary-app-secret" };
    const answer = await admin.post("/inboxes", {
      name: "Support",
      channel: "whatsapp",
      externalId,
      config,
      credentials,
    });
    expect(answer.status).toBe(201);
    expect(answer.body.data).toMatchObject({
      name: "Support",
      channel: "whatsapp",
      externalId,
      config,
      hasCredentials: true,
      status: "active",
      pausedReason: null,
    });
    const { id } = answer.body.data;
    const answers = [answer, await admin.get(`/inboxes/${id}`), await admin.get("/inboxes")];
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain("canary");
    expect((await storedInbox(id)).credentials).not.toContain("canary");
    expect(await credentialsOf(id)).toEqual(credentials);
  });

  test("refuses a WhatsApp inbox without its phone_number_id", async () => {
    const answer = await admin.post("/inboxes", { name: "Support", channel: "whatsapp" });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "externalId" }] } });
  });

  test("connects an account once on the whole platform", async () => {
    const { externalId } = await buildInbox(api.context, { tenantId: (await openDesk(api)).tenant.id });
    const answer = await admin.post("/inboxes", { name: "Support", channel: "WHATSAPP", externalId });
    expect(answer).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("needs the role admin, as every change does", async () => {
    const { id } = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const manager = desk.as({ role: "MANAGER" });
    const answers = [
      await manager.post("/inboxes", { name: "Support", channel: "email" }),
      await manager.patch(`/inboxes/${id}`, { name: "Mine" }),
      await manager.delete(`/inboxes/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  test("repeats the first answer under an Idempotency-Key", async () => {
    const payload = { name: "Support", channel: "whatsapp", externalId: newAccount() };
    const { id: userId } = await desk.newMember("ADMIN");
    const first = await desk.as({ userId }).post("/inboxes", payload, { "idempotency-key": "inbox-1" });
    const second = await desk.as({ userId }).post("/inboxes", payload, { "idempotency-key": "inbox-1" });
    expect(second).toMatchObject({ status: 201, body: first.body, headers: { "idempotency-replayed": "true" } });
  });
});

describe("PATCH /inboxes/:id", () => {
  test("merges config and credentials; null removes", async () => {
    const { id } = await buildInbox(api.context, {
      tenantId: desk.tenant.id,
      config: { wabaId: "1", displayPhoneNumber: "15550783881" },
      credentials: { accessToken: "old", appSecret: "kept", verifyToken: "removed" },
    });
    const answer = await admin.patch(`/inboxes/${id}`, {
      name: "Renamed",
      config: { messagesPerSecond: 20, wabaId: null },
      credentials: { accessToken: "new", verifyToken: null },
    });
    expect(answer).toMatchObject({ status: 200, body: { data: { name: "Renamed" } } });
    expect(answer.body.data.config).toEqual({ displayPhoneNumber: "15550783881", messagesPerSecond: 20 });
    expect(await credentialsOf(id)).toEqual({ accessToken: "new", appSecret: "kept" });
  });

  test.each([
    { config: { messagesPerSecond: 0 } },
    { config: { unknownOutcome: { afterMinutes: 5, then: "guess" } } },
    { externalId: "not digits" },
    { tenantId: newId() },
    { credentials: { password: "x" } },
  ])("refuses %j", async (payload) => {
    const { id } = await buildInbox(api.context, { tenantId: desk.tenant.id });
    expect((await admin.patch(`/inboxes/${id}`, payload)).status).toBe(400);
  });

  test("resumes a paused inbox and enqueues the first waiting message of each conversation", async () => {
    const tenantId = desk.tenant.id;
    const inbox = await buildInbox(api.context, { tenantId, status: "PAUSED", pausedReason: "token expired" });
    const [first, second, elsewhere] = [
      await buildConversation(api.context, { tenantId, inboxId: inbox.id }),
      await buildConversation(api.context, { tenantId, inboxId: inbox.id }),
      await buildConversation(api.context, { tenantId }),
    ];
    const queued = { direction: "OUTBOUND", status: "QUEUED", externalId: null } as const;
    await buildMessage(api.context, first, { ...queued, ...at(2) });
    const head = await buildMessage(api.context, first, { ...queued, ...at(1) });
    await buildMessage(api.context, second, { ...queued, ...at(1), status: "SENDING" });
    await buildMessage(api.context, second, { ...queued, ...at(2) });
    await buildMessage(api.context, elsewhere, { ...queued, ...at(1) });

    const answer = await admin.patch(`/inboxes/${inbox.id}`, { status: "active" });
    expect(answer.body.data).toMatchObject({ status: "active", pausedReason: null });
    const jobs = await api.context.jobsOn(outboundQueue);
    expect(jobs).toMatchObject([
      {
        id: expect.stringMatching(`^send-${head.id}-resumed-`),
        payload: { tenantId, messageId: head.id, inboxId: inbox.id, conversationId: first.id },
      },
    ]);
    const events = await api.context.database.withSystem((tx) => tx.event.findMany({ where: { tenantId } }));
    expect(events).toMatchObject([{ type: "INBOX_RESUMED", data: { inboxId: inbox.id } }]);
  });

  test("keeps the provider's reason when an inbox that is paused is paused again", async () => {
    const { id } = await buildInbox(api.context, { tenantId: desk.tenant.id, status: "PAUSED", pausedReason: "190" });
    const answer = await admin.patch(`/inboxes/${id}`, { status: "paused" });
    expect(answer.body.data).toMatchObject({ status: "paused", pausedReason: "190" });
  });

  test("says nothing of a resumption where nothing was paused", async () => {
    const { id, tenantId } = await buildInbox(api.context, { tenantId: desk.tenant.id });
    expect((await admin.patch(`/inboxes/${id}`, { status: "active" })).status).toBe(200);
    expect(await api.context.database.withSystem((tx) => tx.event.count({ where: { tenantId } }))).toBe(0);
  });
});

describe("DELETE /inboxes/:id", () => {
  test("deletes an inbox that was never used, with what was held for it", async () => {
    const { id, tenantId } = await buildInbox(api.context, { tenantId: desk.tenant.id });
    const held = {
      tenantId,
      inboxId: id,
      externalId: "wamid.x",
      kind: "STATUS",
      variant: "READ",
      payload: {},
    } as const;
    await api.context.database.withSystem((tx) => tx.heldUpdate.create({ data: { ...held, occurredAt: new Date() } }));
    expect((await admin.delete(`/inboxes/${id}`)).status).toBe(204);
    expect((await admin.get(`/inboxes/${id}`)).status).toBe(404);
  });

  test("keeps one that has conversations, and says what to do instead", async () => {
    const { inboxId } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const answer = await admin.delete(`/inboxes/${inboxId}`);
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining("paused") } });
  });
});
