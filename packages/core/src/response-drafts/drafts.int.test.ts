import { newId } from "@parley/runtime";
import { buildConversation, buildTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { appendMessageAs, sendMessage, sendScheduled, SYSTEM_AUTHOR } from "../messages/index.ts";
import { mergeTickets } from "../tickets/index.ts";
import { createTimerHandlers } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { PROPOSED, withDraftDesk, type DraftDesk } from "./draft-desk.fixture.ts";
import { acceptDraft, listDrafts, rejectDraft, showDraft, supersedeDrafts } from "./index.ts";

const HOUR_MS = 3_600_000;

let desk: DraftDesk;

withDraftDesk((opened) => (desk = opened));
beforeEach(() => desk.arrive("Where is my order?"));

const list = async (query: Partial<Parameters<typeof listDrafts>[1]> = {}) =>
  listDrafts(desk.agent, { limit: 50, ...query });
const idsOf = ({ data }: Awaited<ReturnType<typeof list>>): string[] => data.map(({ id }) => id);
const write = async (options: { isInternal?: boolean; sendAt?: Date } = {}, ctx = desk.agent) =>
  sendMessage(ctx, {
    conversationId: await desk.conversationId(),
    type: "text",
    text: "It is on its way.",
    isInternal: false,
    ...options,
  });
/** As the worker of rules does when the customer has written. */
const overtake = async (messageId?: string) => {
  const conversation = { tenantId: desk.tenantId, conversationId: await desk.conversationId() };
  const overtaken = { ...conversation, ...(messageId !== undefined && { messageId }) };
  await desk.ctx.database.system.transaction((sql) => supersedeDrafts(sql, [overtaken], "newer_message"));
};

describe("a draft", () => {
  test("is shown with all that it rests on", async () => {
    const source = { id: newId(), title: "Returns" };
    const [executionId, ruleId] = [newId(), newId()];
    const actions = [
      { type: "set_status" as const, status: "PENDING" as const },
      { type: "add_tags" as const, tags: ["returns"] },
    ];
    const { id } = await desk.propose({ sources: [source], confidence: 0.75, executionId, ruleId, actions });
    const [messageId] = await desk.inbound();
    const shown = await showDraft(desk.agent, { id });
    expect(shown).toEqual({
      id,
      conversationId: await desk.conversationId(),
      ticketId: await desk.ticketId(),
      messageId,
      ruleId,
      executionId,
      text: PROPOSED,
      language: "en",
      confidence: 0.75,
      sources: [source],
      actions: [
        { type: "set_status", status: "pending" },
        { type: "add_tags", tags: ["returns"] },
      ],
      state: "pending",
      finalText: null,
      sentMessageId: null,
      decidedBy: null,
      decidedAt: null,
      reason: null,
      createdAt: desk.ctx.clock.now().toISOString(),
    });
    expect((await list()).data).toEqual([shown]);
    expect(await desk.events("AI_SUGGESTION_CREATED")).toEqual([{ actorType: "AI", data: { draftId: id } }]);
  });

  test("takes the place of the one before it", async () => {
    const first = await desk.propose();
    const second = await desk.propose();
    expect(await desk.drafts()).toEqual([
      { id: first.id, state: "SUPERSEDED", reason: "newer_draft" },
      { id: second.id, state: "PENDING", reason: null },
    ]);
    await expect(acceptDraft(desk.agent, { id: first.id })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("newer_draft"),
    });
  });

  test("leaves alone what other rules propose, unless both are texts", async () => {
    const tags = { text: null, actions: [{ type: "add_tags" as const, tags: ["returns"] }] };
    const [tagging, answering, other] = [newId(), newId(), newId()];
    await desk.propose({ ...tags, ruleId: tagging });
    await desk.propose({ ruleId: answering });
    await desk.propose({ ...tags, ruleId: other });
    expect(await statesOf()).toEqual(["PENDING", "PENDING", "PENDING"]);
    await desk.propose({ ruleId: other });
    expect(await statesOf()).toEqual(["PENDING", "SUPERSEDED", "SUPERSEDED", "PENDING"]);
    // A member asks for a suggestion.
    await desk.propose({ ruleId: null });
    expect(await statesOf()).toEqual(["PENDING", "SUPERSEDED", "SUPERSEDED", "SUPERSEDED", "PENDING"]);
  });

  test("needs something to propose, and a ticket for actions", async () => {
    await expect(desk.propose({ text: null })).rejects.toThrow(/ai_response_draft_proposes/);
    const onTicket = { actions: [{ type: "snooze" as const, minutes: 5 }], ticketId: null };
    await expect(desk.propose(onTicket)).rejects.toThrow(/need a ticket/);
  });
});

const statesOf = async () => (await desk.drafts()).map(({ state }) => state);
const stateAfter = async (happen: () => Promise<unknown>) => {
  await desk.propose();
  await happen();
  return desk.drafts();
};

describe("what overtakes a draft", () => {
  test.each([
    ["a person", () => write()],
    ["a program", () => write({}, desk.program("messages.send"))],
    ["a rule", () => desk.answerAsRule(null)],
  ])("is an answer of %s", async (_who, happen) => {
    expect(await stateAfter(happen)).toMatchObject([{ state: "SUPERSEDED", reason: "answered" }]);
  });

  test("is what was to be sent later, once its time has come, and only if it knows what the draft answers", async () => {
    const sendAt = new Date(desk.ctx.clock.now().getTime() + HOUR_MS);
    const { id: subjectId } = await write({ sendAt });
    await desk.propose();
    desk.ctx.clock.advance(1_000);
    await desk.arrive("And my other order?");
    await desk.propose({ text: null, actions: [{ type: "snooze", minutes: 5 }], ruleId: newId() });
    expect(await statesOf()).toEqual(["PENDING", "PENDING"]);
    desk.ctx.clock.set(sendAt);
    const { fire_timer: fire } = createTimerHandlers(desk.ctx, onlyTimers({ send_scheduled: sendScheduled }));
    await fire({ tenantId: desk.tenantId, kind: "send_scheduled", subjectId, dueAt: 0 });
    expect(await desk.drafts()).toMatchObject([{ state: "SUPERSEDED", reason: "answered" }, { state: "PENDING" }]);
  });

  test("is a message of the customer that it does not know, and none that it does", async () => {
    const [known] = await desk.inbound();
    await desk.arrive("Hello?");
    const [, newer] = await desk.inbound();
    expect(await stateAfter(() => overtake(known))).toMatchObject([{ state: "PENDING" }]);
    expect(await stateAfter(() => overtake(newer))).toMatchObject([{}, { state: "PENDING" }]);
    await desk.arrive("Hello??");
    expect(await stateAfter(async () => overtake((await desk.inbound()).at(-1)))).toMatchObject([
      {},
      {},
      { state: "PENDING" },
    ]);
    await desk.arrive("Hello???");
    await overtake((await desk.inbound()).at(-1));
    expect((await desk.drafts()).at(-1)).toMatchObject({ state: "SUPERSEDED", reason: "newer_message" });
  });

  test.each([
    ["a note", () => write({ isInternal: true })],
    ["what is sent later", () => write({ sendAt: new Date(desk.ctx.clock.now().getTime() + HOUR_MS) })],
    [
      "a survey",
      () =>
        desk.locked((tx, { conversation }) =>
          appendMessageAs(desk.ctx, tx, conversation, { text: "How was it?", isInternal: false }, SYSTEM_AUTHOR),
        ),
    ],
  ])("is not %s", async (_what, happen) => {
    expect(await stateAfter(happen)).toMatchObject([{ state: "PENDING" }]);
  });

  test("leaves alone what is decided", async () => {
    expect(
      await stateAfter(async () => rejectDraft(desk.agent, { id: (await desk.drafts())[0]?.id ?? "" })),
    ).toMatchObject([{ state: "REJECTED" }]);
    await write();
    await overtake();
    expect(await desk.drafts()).toMatchObject([{ state: "REJECTED", reason: null }]);
  });

  test("leaves other conversations alone", async () => {
    await desk.propose();
    await desk.ctx.database.system.transaction((sql) =>
      supersedeDrafts(
        sql,
        [
          { tenantId: desk.tenantId, conversationId: newId() },
          { tenantId: newId(), conversationId: newId() },
        ],
        "newer_message",
      ),
    );
    expect(await desk.drafts()).toMatchObject([{ state: "PENDING" }]);
  });
});

describe("the list of drafts", () => {
  test("is newest first, a page at a time", async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await desk.propose()).id);
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.page.nextCursor ?? "" });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(made.toReversed());
    expect(second.page.nextCursor).toBeNull();
  });

  test("is of a state, a conversation or a ticket", async () => {
    const first = await desk.propose();
    const second = await desk.propose();
    const [conversationId, ticketId] = [await desk.conversationId(), await desk.ticketId()];
    const both = [second.id, first.id];
    expect(idsOf(await list({ state: "PENDING" }))).toEqual([second.id]);
    expect(idsOf(await list({ state: "SUPERSEDED" }))).toEqual([first.id]);
    expect(idsOf(await list({ state: "EDITED" }))).toEqual([]);
    expect(idsOf(await list({ conversationId }))).toEqual(both);
    expect(idsOf(await list({ conversationId, state: "PENDING" }))).toEqual([second.id]);
    expect(idsOf(await list({ ticketId }))).toEqual(both);
    expect(idsOf(await list({ conversationId: newId() }))).toEqual([]);
    expect(idsOf(await list({ ticketId: newId() }))).toEqual([]);
  });

  test("of a ticket has those of conversations that belong to it since a merge", async () => {
    const source = await desk.ticketId();
    const target = await buildTicket(desk.ctx, await buildConversation(desk.ctx, { tenantId: desk.tenantId }));
    await mergeTickets(desk.manager, { id: source, intoTicketId: target.id });
    const conversationId = await desk.conversationId();
    const conversation = await desk.read((tx) => tx.conversation.findFirstOrThrow({ where: { id: conversationId } }));
    await desk.read((tx) =>
      tx.aiResponseDraft.create({
        data: {
          tenantId: desk.tenantId,
          id: newId(),
          conversationId: conversation.id,
          ticketId: target.id,
          text: PROPOSED,
        },
      }),
    );
    const [draft] = (await list({ ticketId: target.id })).data;
    expect(draft).toMatchObject({ conversationId: conversation.id, ticketId: target.id });
    // It is answered where the customer wrote, and not in the target's own conversation.
    await acceptDraft(desk.agent, { id: draft?.id ?? "" });
    const message = await desk.read((tx) => tx.message.findFirstOrThrow({ where: { direction: "OUTBOUND" } }));
    expect(message).toMatchObject({ conversationId: conversation.id, ticketId: target.id });
  });
});
