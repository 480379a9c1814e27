import { beforeEach, describe, expect, test } from "vitest";
import { acceptDraft } from "../response-drafts/index.ts";
import { createSnippet } from "../snippets/index.ts";
import { changeAiSettings } from "../language-models/index.ts";
import { actingAs } from "@parley/queue/testing";
import { mergeTickets } from "../tickets/index.ts";
import { holdConversation, releaseConversation } from "../turns/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const REPLY = "Thank you, we look into it.";
const answering = (given: Record<string, unknown> = {}) =>
  desk.rule({ actions: [{ type: "send_reply", text: REPLY }], ...given });
const lastExecution = async () => (await desk.executions()).at(-1);

describe("a rule that answers", () => {
  test("answers a burst of messages once, when the customer has finished", async () => {
    await answering({ conditions: { field: "message.text", operator: "contains", value: "4711" } });
    for (const body of ["Hello", "my order", "is 4711"]) {
      await desk.hear(body);
      desk.ctx.clock.advance(1_000);
    }
    expect(await desk.said()).toEqual([]);
    await desk.turnEnds();
    await desk.repeat();
    expect(await desk.said()).toEqual([REPLY]);
    const [sent] = await desk.events("AI_REPLY_SENT");
    expect(sent).toMatchObject({ actorType: "AI" });
    const message = await desk.read((tx) => tx.message.findFirstOrThrow({ where: { direction: "OUTBOUND" } }));
    expect(message).toMatchObject({ senderType: "AI", status: "QUEUED" });
  });

  test("answers each further turn", async () => {
    await answering();
    for (const body of ["One", "Two"]) {
      await desk.hear(body);
      await desk.turnEnds();
      desk.ctx.clock.advance(60_000);
    }
    expect(await desk.said()).toEqual([REPLY, REPLY]);
  });

  test("is silent when the customer has written again before it answers", async () => {
    await answering();
    await desk.hear("One");
    await desk.fire("take_turn");
    desk.ctx.clock.advance(1_000);
    await desk.write("Two");
    await desk.run();
    expect(await desk.said()).toEqual([]);
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "superseded" });
    await desk.turnEnds();
    expect(await desk.said()).toEqual([REPLY]);
  });

  test("is silent when a person has answered, and stays so until it is released", async () => {
    await answering();
    await desk.hear("One");
    await desk.fire("take_turn");
    await desk.answer();
    await desk.run();
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "answered" });
    desk.ctx.clock.advance(60_000);
    await desk.hear("Two");
    await desk.turnEnds();
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "person_took_over" });
    const { conversationId } = await desk.ticket();
    await releaseConversation(desk.agent, { id: conversationId });
    desk.ctx.clock.advance(60_000);
    await desk.hear("Three");
    await desk.turnEnds();
    expect((await desk.said()).at(-1)).toBe(REPLY);
  });

  test("is silent while somebody types", async () => {
    await answering();
    await desk.hear("One");
    const { conversationId } = await desk.ticket();
    await desk.fire("take_turn");
    const { tenantId, ctx } = desk;
    await ctx.presence.enter({ tenantId, conversationId, userId: tenantId }, "typing", ctx.clock.now());
    await desk.run();
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "typing" });
  });

  test("leaves it to people when the customer asks for one", async () => {
    await answering();
    await desk.hear("I want to speak to a human agent please");
    await desk.turnEnds();
    expect(await desk.said()).toEqual([]);
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "handed_off" });
    const [handedOff] = await desk.events("AI_HANDED_OFF");
    expect(handedOff?.data).toEqual({ because: "asked_for_a_person" });
  });

  test("leaves it to people after so many turns", async () => {
    const admin = actingAs(desk.ctx, { userId: desk.tenantId, tenantId: desk.tenantId, role: "ADMIN" });
    await changeAiSettings(admin, { mostTurns: 2 });
    await answering();
    for (const body of ["One", "Two", "Three"]) {
      await desk.hear(body);
      await desk.turnEnds();
      desk.ctx.clock.advance(60_000);
    }
    expect(await desk.said()).toEqual([REPLY, REPLY]);
    const [handedOff] = await desk.events("AI_HANDED_OFF");
    expect(handedOff?.data).toEqual({ because: "too_many_turns" });
  });

  test("keeps a second one from answering the same turn", async () => {
    await answering({ priority: 1 });
    await answering({ priority: 2, actions: [{ type: "request_more_info", text: "Which order?" }] });
    await desk.hear("Hello");
    await desk.turnEnds();
    expect(await desk.said()).toEqual([REPLY]);
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "answered" });
  });

  test("asks for more, and waits for the customer", async () => {
    await desk.rule({ actions: [{ type: "request_more_info", text: "Which order?" }] });
    await desk.hear("Where is it?");
    await desk.turnEnds();
    expect(await desk.said()).toEqual(["Which order?"]);
    expect(await desk.ticket()).toMatchObject({ status: "WAITING_CUSTOMER" });
  });
});

describe("an answer to a customer whose ticket was merged", () => {
  const OTHER = "33600000002";

  /** The first customer's ticket goes on in the second one's. Returns their conversations. */
  async function merge(): Promise<{ own: string; merged: string }> {
    await desk.hear("One");
    const source = await desk.ticket();
    await desk.write("Two", { from: OTHER });
    await desk.run();
    const target = await desk.ticket();
    await mergeTickets(desk.agent, { id: source.id, intoTicketId: target.id });
    return { own: target.conversationId, merged: source.conversationId };
  }

  test("goes to the conversation in which they wrote, and to nobody else", async () => {
    const { merged } = await merge();
    await desk.read((tx) => tx.timer.deleteMany());
    await answering();
    desk.ctx.clock.advance(60_000);
    await desk.hear("And my parcel?");
    await desk.turnEnds();
    const replies = await desk.read((tx) => tx.message.findMany({ where: { direction: "OUTBOUND" } }));
    expect(replies).toMatchObject([{ conversationId: merged, senderType: "AI" }]);
  });

  test("is held back by whoever holds that conversation", async () => {
    const { merged } = await merge();
    await desk.read((tx) => tx.timer.deleteMany());
    await answering();
    await holdConversation(desk.agent, { id: merged });
    desk.ctx.clock.advance(60_000);
    await desk.hear("And my parcel?");
    await desk.turnEnds();
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "held" });
  });
});

describe("what only says that a message has arrived", () => {
  test("is no answer: the customer still waits, and is answered", async () => {
    await desk.rule({
      trigger: "ticket_opened",
      actions: [{ type: "send_reply", text: "Received", acknowledges: true }],
    });
    await answering();
    await desk.hear("Hello");
    expect(await desk.said()).toEqual(["Received"]);
    expect((await desk.ticket()).firstResponseAt).toBeNull();
    await desk.turnEnds();
    expect(await desk.said()).toEqual(["Received", REPLY]);
  });
});

describe("a reply that is composed", () => {
  beforeEach(async () => {
    const body = "Parcels to France take three to five working days. You find yours with its tracking number.";
    await createSnippet(desk.manager, {
      title: "How long does delivery take",
      body,
      language: "en",
      tags: [],
      isActive: true,
    });
  });

  test("rests on what the company knows", async () => {
    await desk.rule({ actions: [{ type: "draft_reply", compose: true }] });
    await desk.hear("How long does the delivery of my parcel take?");
    await desk.turnEnds();
    const [draft] = await desk.read((tx) => tx.aiResponseDraft.findMany());
    expect(draft).toMatchObject({ state: "PENDING", text: expect.stringContaining("working days") as string });
    expect(draft?.sources).toMatchObject([{ title: "How long does delivery take" }]);
  });

  test("is none where nothing fits", async () => {
    await desk.rule({ actions: [{ type: "send_reply", compose: true }] });
    await desk.hear("Do you sell bicycles?");
    await desk.turnEnds();
    expect(await desk.said()).toEqual([]);
    expect(await lastExecution()).toEqual({ outcome: "SKIPPED", reason: "no_snippet_fits" });
  });
});

describe("a rule that only suggests", () => {
  test("makes a draft of the answer and of what else it would do, which an agent accepts", async () => {
    await answering({
      executionMode: "suggest_only",
      actions: [
        { type: "send_reply", text: REPLY },
        { type: "add_tags", tags: ["answered"] },
      ],
    });
    await desk.hear("Hello");
    await desk.turnEnds();
    expect(await desk.said()).toEqual([]);
    expect(await lastExecution()).toEqual({ outcome: "SUGGESTED", reason: null });
    const [draft] = await desk.read((tx) => tx.aiResponseDraft.findMany());
    await acceptDraft(desk.agent, { id: draft?.id ?? "" });
    expect(await desk.said()).toEqual([REPLY]);
    expect((await desk.ticket()).tags).toEqual(["answered"]);
  });

  test("has its draft superseded when the customer writes again", async () => {
    await answering({ executionMode: "suggest_only" });
    await desk.hear("Hello");
    await desk.turnEnds();
    desk.ctx.clock.advance(60_000);
    await desk.hear("Hello?");
    const drafts = await desk.read((tx) => tx.aiResponseDraft.findMany());
    expect(drafts).toMatchObject([{ state: "SUPERSEDED", reason: "newer_message" }]);
  });
});
