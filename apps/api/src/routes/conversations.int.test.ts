import { buildContact, buildConversation, buildInbox, buildMessage, buildUser } from "@parley/testing";
import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

const HOUR_MS = 3_600_000;

describe("GET /conversations", () => {
  test("shows who it is with, what was last said and until when one may answer", async () => {
    const tenantId = desk.tenant.id;
    const contact = await buildContact(api.context, { tenantId });
    const lastMessageId = newId();
    const expiresAt = new Date(api.context.clock.now().getTime() + HOUR_MS);
    const conversation = await buildConversation(api.context, {
      tenantId,
      contactId: contact.id,
      lastMessageId,
      windowExpiresAt: expiresAt,
      tags: ["vip"],
      unreadCount: 1,
    });
    const content = { text: "x".repeat(300) };
    const message = await buildMessage(api.context, conversation, { id: lastMessageId, content });

    const answer = await desk.client.get("/conversations");
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: [
        {
          id: conversation.id,
          inboxId: conversation.inboxId,
          channel: "whatsapp",
          contact: {
            id: contact.id,
            name: contact.name,
            isBlocked: false,
            identifiers: [{ type: "whatsapp", value: contact.identifiers[0]?.value, isPrimary: true }],
          },
          status: "open",
          assigneeId: null,
          teamId: null,
          tags: ["vip"],
          isMuted: false,
          window: { open: true, expiresAt: expiresAt.toISOString() },
          unreadCount: 1,
          isUnread: true,
          lastMessage: {
            id: message.id,
            direction: "inbound",
            type: "text",
            status: "received",
            content: { text: "x".repeat(200) },
            sentAt: message.sentAt?.toISOString(),
            createdAt: message.createdAt.toISOString(),
          },
          lastMessageAt: conversation.lastMessageAt.toISOString(),
          createdAt: conversation.createdAt.toISOString(),
          version: 1,
        },
      ],
      page: { nextCursor: null },
    });
    expect((await desk.client.get(`/conversations/${conversation.id}`)).body.data).toEqual(answer.body.data[0]);
  });

  test("says that a window has closed, and null where there is none", async () => {
    const windowExpiresAt = new Date(api.context.clock.now().getTime() - 1);
    const closed = await buildConversation(api.context, { tenantId: desk.tenant.id, windowExpiresAt });
    const none = await buildConversation(api.context, { tenantId: desk.tenant.id, windowExpiresAt: null });
    expect((await desk.client.get(`/conversations/${closed.id}`)).body.data.window).toMatchObject({ open: false });
    expect((await desk.client.get(`/conversations/${none.id}`)).body.data.window).toBeNull();
  });

  test("filters by inbox, status, assignee, tag and contact", async () => {
    const tenantId = desk.tenant.id;
    const inbox = await buildInbox(api.context, { tenantId });
    const contact = await buildContact(api.context, { tenantId, name: "Customer Two" });
    const wanted = await buildConversation(api.context, {
      tenantId,
      inboxId: inbox.id,
      contactId: contact.id,
      status: "PENDING",
      assigneeId: desk.agent.id,
      tags: ["returns", "vip"],
    });
    await buildConversation(api.context, { tenantId });
    for (const query of [
      `inboxId=${inbox.id}`,
      "status=pending",
      "status=PENDING",
      `assigneeId=${desk.agent.id}`,
      "tag=vip",
      "search=customer%20two",
      `search=${contact.identifiers[0]?.value.slice(3)}`,
      `inboxId=${inbox.id}&status=pending&tag=returns&search=two`,
    ]) {
      const { body } = await desk.client.get(`/conversations?${query}`);
      expect([query, body.data.map((row: { id: string }) => row.id)]).toEqual([query, [wanted.id]]);
    }
  });

  test("pages hold every conversation once, the latest first, while new ones arrive", async () => {
    const tenantId = desk.tenant.id;
    const same = new Date(api.context.clock.now().getTime() - HOUR_MS);
    const built = [];
    for (let index = 0; index < 6; index += 1) {
      // Pairs share their time, so that the id decides.
      const lastMessageAt = new Date(same.getTime() + Math.floor(index / 2));
      built.push(await buildConversation(api.context, { tenantId, lastMessageAt }));
    }
    const rows = await readAll(desk.client, "/conversations?limit=1", () =>
      buildConversation(api.context, { tenantId }),
    );
    expect(rows.map((row) => row.id)).toEqual(built.toReversed().map((conversation) => conversation.id));
  });
});

describe("GET /conversations/:id/messages", () => {
  test("is ordered by the provider's time, then by arrival, and complete while messages arrive", async () => {
    const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id, unreadCount: 3 });
    const start = Date.now() - HOUR_MS;
    const add = (seconds: number): Promise<{ id: string }> =>
      buildMessage(api.context, conversation, { occurredAt: new Date(start + seconds * 1_000) });
    const [second, third, fourth, first] = [await add(2), await add(3), await add(3), await add(1)];
    const added: { id: string }[] = [];
    let later = 10;
    const rows = await readAll(desk.client, `/conversations/${conversation.id}/messages?limit=2`, async () => {
      if (added.length < 3) added.push(await add((later += 1)));
    });
    expect(rows.map((row) => row.id)).toEqual([first, second, third, fourth, ...added].map((message) => message.id));
    const shown = await desk.client.get(`/conversations/${conversation.id}`);
    expect(shown.body.data.unreadCount).toBe(3);
  });
});

describe("PATCH /conversations/:id", () => {
  test("changes what is given and counts the version up", async () => {
    const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id, tags: ["kept"] });
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const answer = await desk.client.patch(`/conversations/${conversation.id}`, {
      status: "resolved",
      assigneeId: colleague.id,
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { status: "resolved", assigneeId: colleague.id, tags: ["kept"], version: 2 } },
    });
    const events = await api.context.database.withSystem((tx) =>
      tx.event.findMany({ where: { conversationId: conversation.id } }),
    );
    expect(events).toMatchObject([
      {
        type: "CONVERSATION_CHANGED",
        data: { changed: ["status", "assigneeId"], status: "resolved", assigneeId: colleague.id },
      },
    ]);
  });

  test("keeps what people wrote out of the log", async () => {
    const { id: conversationId } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    await desk.client.patch(`/conversations/${conversationId}`, { tags: ["canary"], assigneeId: desk.agent.id });
    const events = await api.context.database.withSystem((tx) => tx.event.findMany({ where: { conversationId } }));
    expect(events.map((event) => event.data)).toEqual([{ changed: ["assigneeId", "tags"], assigneeId: desk.agent.id }]);
  });

  test.each([{}, { version: 1 }])("refuses %j, which changes nothing", async (payload) => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const answer = await desk.client.patch(`/conversations/${id}`, payload);
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
    expect((await desk.client.get(`/conversations/${id}`)).body.data.version).toBe(1);
  });

  test("is refused when somebody else was faster", async () => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    await desk.client.patch(`/conversations/${id}`, { tags: ["one"], version: 1 });
    const late = await desk.client.patch(`/conversations/${id}`, { tags: ["two"], version: 1 });
    expect(late).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("refuses an assignee who is not a member", async () => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const stranger = await buildUser(api.context, { tenantId: (await openDesk(api)).tenant.id });
    const answers = [
      await desk.client.patch(`/conversations/${id}`, { assigneeId: stranger.id }),
      await desk.client.patch(`/conversations/${id}`, { assigneeId: newId() }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "assigneeId" }] } });
  });
});
