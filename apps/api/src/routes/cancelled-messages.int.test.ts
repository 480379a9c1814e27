import {
  buildConversation,
  buildMessage,
  buildTicket,
  buildUser,
  type BuiltConversation,
  type BuiltTicket,
} from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Answer, type Desk } from "./desk.fixture.ts";

const HOUR_MS = 3_600_000;

let api: TestApi;
let desk: Desk;
let conversation: BuiltConversation;
let ticket: BuiltTicket;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  ticket = await buildTicket(api.context, conversation);
});

const inMs = (ms: number): string => new Date(api.context.clock.now().getTime() + ms).toISOString();
const send = (more: object = {}): Promise<Answer> =>
  desk.client.post(`/conversations/${conversation.id}/messages`, { type: "text", text: "Hello", ...more });
const answer = (more: object = {}): Promise<Answer> =>
  desk.client.post(`/tickets/${ticket.id}/messages`, { body: "Hello", ...more });
const show = async (path: string) => (await desk.client.get(path)).body.data;
const cancel = (id: string): Promise<Answer> => desk.client.post(`/messages/${id}/cancel`);

const unread = async (): Promise<number> => (await show(`/conversations/${conversation.id}`)).unreadCount;
const receive = (count: number) =>
  api.context.database.withSystem((tx) =>
    tx.conversation.updateMany({ where: { id: conversation.id }, data: { unreadCount: { increment: count } } }),
  );
const path = (): string => `/conversations/${conversation.id}/draft`;
const draft = () => desk.client.get(path());

describe("cancelling an answer gives back what was unread", () => {
  test("and counts what has come since", async () => {
    await receive(2);
    const { id } = (await answer({ undoSeconds: 10 })).body.data;
    expect(await unread()).toBe(0);
    await receive(1);
    const { version } = await show(`/conversations/${conversation.id}`);
    await cancel(id);
    expect(await show(`/conversations/${conversation.id}`)).toMatchObject({ unreadCount: 3, version: version + 2 });
  });

  test.each([
    ["the first one first", [0, 1]],
    ["the last one first", [1, 0]],
  ])("once none of the answers is left, cancelled %s", async (_order, [first = 0, second = 0]) => {
    await receive(2);
    const answers = [(await answer({ undoSeconds: 30 })).body.data];
    await receive(3);
    answers.push((await answer({ undoSeconds: 30 })).body.data);
    await cancel(answers[first].id);
    expect(await unread()).toBe(first === 0 ? 0 : 3);
    await cancel(answers[second].id);
    expect(await unread()).toBe(5);
  });

  test("but not of a muted conversation, and not for what was put off, which had not read it", async () => {
    await receive(2);
    const { id } = (await answer({ sendAt: inMs(HOUR_MS) })).body.data;
    await cancel(id);
    expect(await unread()).toBe(2);
    const mistake = (await answer({ undoSeconds: 10 })).body.data;
    await desk.client.patch(`/conversations/${conversation.id}`, { isMuted: true });
    await cancel(mistake.id);
    expect(await unread()).toBe(0);
  });
});

describe("cancelling what came from a draft", () => {
  test.each([
    ["can be undone", () => ({ undoSeconds: 10 })],
    ["was put off", () => ({ sendAt: inMs(HOUR_MS) })],
  ])("and %s gives the draft back to whose it was, whoever cancels", async (_what, more) => {
    const question = await buildMessage(api.context, conversation);
    await desk.client.put(path(), { body: "It is on" });
    const { id } = (await send({ text: "It is on its way", replyToMessageId: question.id, fromDraft: true, ...more() }))
      .body.data;
    expect((await draft()).status).toBe(404);
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const { status } = await desk.as({ userId: colleague.id }).post(`/messages/${id}/cancel`);
    expect(status).toBe(200);
    expect((await draft()).body.data).toMatchObject({
      body: "It is on its way",
      isInternal: false,
      replyToMessageId: question.id,
    });
    expect((await desk.as({ userId: colleague.id }).get(path())).status).toBe(404);
  });

  test("leaves what was begun since, and makes no draft of what was none", async () => {
    const { id } = (await send({ fromDraft: true, undoSeconds: 10 })).body.data;
    await desk.client.put(path(), { body: "Something else" });
    await cancel(id);
    expect((await draft()).body.data.body).toBe("Something else");
    await desk.client.delete(path());
    await cancel((await send({ undoSeconds: 10 })).body.data.id);
    expect((await draft()).status).toBe(404);
  });

  test("gives nothing to who has left", async () => {
    const colleague = await buildUser(api.context, { tenantId: desk.tenant.id });
    const { body } = await desk
      .as({ userId: colleague.id })
      .post(`/tickets/${ticket.id}/messages`, { body: "Hello", fromDraft: true, undoSeconds: 10 });
    expect((await desk.as({ role: "ADMIN" }).delete(`/users/${colleague.id}`)).status).toBe(204);
    expect((await cancel(body.data.id)).status).toBe(200);
    expect(await api.context.database.withSystem((tx) => tx.draft.count({ where: { userId: colleague.id } }))).toBe(0);
  });
});
