import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, waitForLocks } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { claimKey } from "../idempotency/index.ts";
import { changeTicket, mergeTickets } from "../tickets/index.ts";
import { PROPOSED, withDraftDesk, type DraftDesk } from "./draft-desk.fixture.ts";
import { acceptDraft, rejectDraft, type AiDraftJson } from "./index.ts";

const MINUTE_MS = 60_000;

let desk: DraftDesk;

withDraftDesk((opened) => (desk = opened));
beforeEach(() => desk.arrive("Where is my order?"));

const accept = (draft: { id: string }, text?: string, ctx = desk.agent): Promise<AiDraftJson> =>
  acceptDraft(ctx, { id: draft.id, text });
const agentId = (): string => (desk.agent.actor.type === "user" ? desk.agent.actor.userId : "");
const sent = () =>
  desk.read((tx) =>
    tx.message.findMany({ where: { direction: "OUTBOUND" }, orderBy: [{ occurredAt: "asc" }, { id: "asc" }] }),
  );
const ticket = () => desk.read((tx) => tx.ticket.findFirstOrThrow({ orderBy: { number: "asc" } }));
const conflict = (words: RegExp) => ({ code: "conflict", message: expect.stringMatching(words) });

describe("whoever accepts a draft", () => {
  test("sends it in their own name, as it is", async () => {
    const draft = await desk.propose();
    const accepted = await accept(draft);
    const [message] = await sent();
    expect(message).toMatchObject({
      content: { text: PROPOSED },
      senderType: "AGENT",
      senderId: agentId(),
      status: "QUEUED",
      ticketId: draft.ticketId,
    });
    expect(accepted).toMatchObject({
      state: "accepted",
      finalText: null,
      sentMessageId: message?.id,
      decidedBy: agentId(),
      decidedAt: desk.ctx.clock.now().toISOString(),
    });
    const data = { draftId: draft.id, state: "accepted" };
    expect(await desk.events("AI_DRAFT_DECIDED")).toEqual([{ actorType: "AGENT", data }]);
    expect(await ticket()).toMatchObject({ firstResponseAt: desk.ctx.clock.now() });
  });

  test("sends what they made of it, and both are kept", async () => {
    const draft = await desk.propose();
    const accepted = await accept(draft, "It is on its way.");
    expect(await desk.said()).toEqual(["It is on its way."]);
    expect(accepted).toMatchObject({ state: "edited", text: PROPOSED, finalText: "It is on its way." });
    expect(await desk.events("AI_DRAFT_DECIDED")).toMatchObject([{ data: { state: "edited" } }]);
  });

  test("has not changed it by giving the same text", async () => {
    expect(await accept(await desk.propose(), PROPOSED)).toMatchObject({ state: "accepted", finalText: null });
  });

  test("does what else it proposes, in their own name, in one change of the ticket", async () => {
    const draft = await desk.propose({
      actions: [
        { type: "set_priority", priority: "HIGH" },
        { type: "add_tags", tags: ["returns"] },
        { type: "escalate", note: "Ticket {{ ticket.number }} is difficult." },
        { type: "add_note", text: "For {{ agent.name }}" },
        { type: "assign_user", userId: agentId() },
      ],
    });
    await accept(draft);
    expect(await desk.said()).toEqual([PROPOSED, "Ticket 1 is difficult.", expect.stringMatching(/^For ./)]);
    expect((await sent()).map(({ isInternal, senderId }) => [isInternal, senderId])).toEqual([
      [false, agentId()],
      [true, agentId()],
      [true, agentId()],
    ]);
    expect(await ticket()).toMatchObject({
      priority: "HIGH",
      tags: ["returns"],
      status: "ESCALATED",
      assigneeId: agentId(),
      // The first response, and the change.
      version: 3,
    });
    expect(await desk.events("STATUS_CHANGED")).toMatchObject([{ actorType: "AGENT" }]);
  });

  test("puts the ticket aside, where only that is proposed", async () => {
    const draft = await desk.propose({ text: null, actions: [{ type: "snooze", minutes: 60 }] });
    expect(await accept(draft)).toMatchObject({ state: "accepted", sentMessageId: null });
    expect(await desk.said()).toEqual([]);
    expect(await ticket()).toMatchObject({ snoozedUntil: new Date(desk.ctx.clock.now().getTime() + 60 * MINUTE_MS) });
  });

  test("may add an answer where only actions are proposed", async () => {
    const draft = await desk.propose({ text: null, actions: [{ type: "set_status", status: "PENDING" }] });
    expect(await accept(draft, "One moment.")).toMatchObject({ state: "edited", finalText: "One moment." });
    expect([await desk.said(), (await ticket()).status]).toEqual([["One moment."], "PENDING"]);
  });

  test("sends what looks like a template as it is: customers' words may stand in it", async () => {
    await accept(await desk.propose({ text: "You wrote {{ contact.name }} {% if %}" }));
    expect(await desk.said()).toEqual(["You wrote {{ contact.name }} {% if %}"]);
  });

  test("answers where there is no ticket as well", async () => {
    await accept(await desk.propose({ ticketId: null }));
    expect(await desk.said()).toEqual([PROPOSED]);
  });

  test("does it once under an Idempotency-Key", async () => {
    const { id } = await desk.propose();
    const under = { method: "POST", path: `/api/v1/ai/drafts/${id}/accept`, body: {} };
    const first = await acceptDraft({ ...desk.agent, idempotency: claimKey("key-1", under) }, { id });
    const again = await acceptDraft({ ...desk.agent, idempotency: claimKey("key-1", under) }, { id });
    expect(again).toEqual(first);
    expect(await desk.said()).toEqual([PROPOSED]);
  });
});

/** What an attempt to decide a draft threw, and left behind. */
async function outcomeOf(attempt: () => Promise<unknown>) {
  const before = await desk.said();
  const error = await attempt().catch((thrown: unknown) => thrown);
  return {
    error,
    said: (await desk.said()).slice(before.length),
    states: (await desk.drafts()).map(({ state }) => state),
    decided: await desk.events("AI_DRAFT_DECIDED"),
  };
}
const refusedWith = (error: object) => ({ error, said: [], states: ["PENDING"], decided: [] });

describe("a draft is refused, with nothing done and still waiting,", () => {
  test("when the customer has written since, also before anybody has noticed", async () => {
    const draft = await desk.propose();
    await desk.arrive("Never mind.");
    expect(await outcomeOf(() => accept(draft))).toMatchObject(refusedWith(conflict(/has written since/)));
    expect(await outcomeOf(() => accept(draft, "It is on its way."))).toMatchObject(
      refusedWith(conflict(/has written since/)),
    );
  });

  test("when one of its actions cannot be done any more", async () => {
    const draft = await desk.propose({ actions: [{ type: "escalate" }, { type: "set_priority", priority: "LOW" }] });
    await changeTicket(desk.agent, { id: await desk.ticketId(), status: "RESOLVED" });
    expect(await outcomeOf(() => accept(draft))).toMatchObject(
      refusedWith(conflict(/Action 1, escalate: .*resolved cannot become escalated/)),
    );
  });

  test("when it would give the ticket to somebody who has left", async () => {
    const draft = await desk.propose({ actions: [{ type: "assign_user", userId: newId() }] });
    expect(await outcomeOf(() => accept(draft))).toMatchObject(refusedWith(conflict(/not a member/)));
  });

  test("when its ticket was merged into another", async () => {
    const draft = await desk.propose();
    const source = await desk.ticketId();
    const target = await buildTicket(desk.ctx, await buildConversation(desk.ctx, { tenantId: desk.tenantId }));
    await mergeTickets(desk.manager, { id: source, intoTicketId: target.id });
    expect(await outcomeOf(() => accept(draft))).toMatchObject(refusedWith({ code: "conflict" }));
  });

  test("when the contact is blocked", async () => {
    const draft = await desk.propose();
    await desk.read((tx) => tx.contact.updateMany({ data: { blockedAt: new Date() } }));
    expect(await outcomeOf(() => accept(draft))).toMatchObject(refusedWith({ code: "forbidden" }));
  });

  test("to a program that may decide drafts and not do what they propose", async () => {
    const draft = await desk.propose({ actions: [{ type: "set_priority", priority: "HIGH" }] });
    expect(await outcomeOf(() => accept(draft, undefined, desk.program("ai_drafts.decide")))).toMatchObject(
      refusedWith({ code: "forbidden" }),
    );
    const sending = desk.program("ai_drafts.decide", "messages.send");
    expect(await outcomeOf(() => accept(draft, undefined, sending))).toMatchObject(refusedWith({ code: "forbidden" }));
    expect(await outcomeOf(() => rejectDraft(desk.program("messages.send"), { id: draft.id }))).toMatchObject(
      refusedWith({ code: "forbidden" }),
    );
    const all = desk.program("ai_drafts.decide", "messages.send", "tickets.change");
    expect(await accept(draft, undefined, all)).toMatchObject({ state: "accepted" });
  });

  test("when there is none of this id", async () => {
    await desk.propose();
    expect(await outcomeOf(() => accept({ id: newId() }))).toMatchObject(refusedWith({ code: "not_found" }));
    expect(await outcomeOf(() => rejectDraft(desk.agent, { id: newId() }))).toMatchObject(
      refusedWith({ code: "not_found" }),
    );
  });
});

describe("a draft that is rejected", () => {
  test("does nothing, and it is kept why", async () => {
    const { id } = await desk.propose();
    expect(await rejectDraft(desk.agent, { id, reason: "It is too long." })).toMatchObject({
      state: "rejected",
      reason: "It is too long.",
      decidedBy: agentId(),
    });
    expect(await desk.said()).toEqual([]);
    const data = { draftId: id, state: "rejected" };
    expect(await desk.events("AI_DRAFT_DECIDED")).toEqual([{ actorType: "AGENT", data }]);
    await expect(accept({ id })).rejects.toMatchObject(conflict(/was rejected/));
    await expect(rejectDraft(desk.agent, { id })).rejects.toMatchObject(conflict(/was rejected/));
  });
});

describe("of several who decide a draft at the same moment", () => {
  test("one succeeds, and one message is sent", async () => {
    for (let round = 0; round < 5; round += 1) {
      const before = (await desk.said()).length;
      const draft = await desk.propose();
      const outcomes = await Promise.allSettled([
        accept(draft),
        accept(draft, "It is on its way.", desk.manager),
        rejectDraft(desk.agent, { id: draft.id }),
        accept(draft),
      ]);
      const succeeded = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(succeeded).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
      }
      const said = (await desk.said()).slice(before);
      const expected = new Map([
        ["accepted", [PROPOSED]],
        ["edited", ["It is on its way."]],
        ["rejected", []],
      ]);
      expect(said).toEqual(expected.get(succeeded[0]?.state ?? ""));
    }
  });

  test("the customer comes first, if they write first", async () => {
    const draft = await desk.propose();
    let both: [Promise<void>, Promise<unknown>] | undefined;
    await desk.locked(async () => {
      const writing = desk.arrive("Never mind.");
      await waitForLocks(desk.ctx.database, 1);
      both = [writing, accept(draft).catch((error: unknown) => error)];
      await waitForLocks(desk.ctx.database, 2);
    });
    expect(await both?.[1]).toMatchObject(conflict(/has written since/));
    await both?.[0];
  });

  test("a colleague's answer comes first, if they send it first", async () => {
    const draft = await desk.propose();
    let both: [Promise<string>, Promise<unknown>] | undefined;
    await desk.locked(async () => {
      const answering = desk.answer("A colleague.");
      await waitForLocks(desk.ctx.database, 1);
      both = [answering, accept(draft).catch((error: unknown) => error)];
      await waitForLocks(desk.ctx.database, 2);
    });
    expect(await both?.[1]).toMatchObject(conflict(/overtaken \(answered\)/));
    await both?.[0];
    expect(await desk.said()).toEqual(["A colleague."]);
  });
});
