import { waitForLocks } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { appendMessageAs, cancelMessage, sendMessage, SYSTEM_AUTHOR } from "../messages/index.ts";
import { outboundQueue } from "../outbound-queue/index.ts";
import { changeTicket } from "../tickets/index.ts";
import type { Obstacle } from "./index.ts";
import { SECOND_MS, withTurnDesk, type TurnDesk } from "./turn-desk.fixture.ts";

const HOUR_MS = 3_600 * SECOND_MS;
const AI = "We are looking into it.";

let desk: TurnDesk;

withTurnDesk((opened) => (desk = opened));

const program = () => ({
  ...desk.agent,
  actor: {
    type: "api_key" as const,
    apiKeyId: "019aa3a4-5c00-7000-8000-000000000001",
    isSuperAdmin: false as const,
    tenantId: desk.tenantId,
    role: "AGENT" as const,
    scopes: ["messages.send" as const],
  },
});

const send = async (options: { isInternal?: boolean; undoSeconds?: number; sendAt?: Date } = {}) =>
  sendMessage(desk.agent, {
    conversationId: await desk.conversationId(),
    type: "text",
    text: "It is on its way.",
    isInternal: false,
    ...options,
  });

describe("a rule", () => {
  test("answers when nothing stands in its way, as the AI, in the name of the company", async () => {
    const id = await desk.turn();
    expect(await desk.answerAsRule(id)).toBeNull();
    expect(await desk.said()).toEqual([AI]);
    const message = await desk.read((tx) => tx.message.findFirstOrThrow({ where: { direction: "OUTBOUND" } }));
    expect(message).toMatchObject({ senderType: "AI", senderId: null, status: "QUEUED", answeredCount: 1 });
    expect(await desk.read((tx) => tx.conversation.findFirstOrThrow())).toMatchObject({ unreadCount: 0 });
    // The customer has had a response; that nobody of the company has read theirs is known besides.
    const ticket = await desk.read((tx) => tx.ticket.findFirstOrThrow());
    expect(ticket.firstResponseAt).toEqual(desk.ctx.clock.now());
    expect(await desk.read((tx) => tx.conversationRead.count())).toBe(0);
    expect(await desk.ctx.jobsOn(outboundQueue)).toHaveLength(1);
    expect(await desk.events("MESSAGE_QUEUED")).toMatchObject([{ actorType: "AI", data: { type: "text" } }]);
  });

  test("answers a turn once, whatever the number of rules", async () => {
    const id = await desk.turn();
    expect(await Promise.all([desk.answerAsRule(id), desk.answerAsRule(id), desk.answerAsRule(id)])).toEqual(
      expect.arrayContaining([null, "answered", "answered"]),
    );
    expect(await desk.said()).toEqual([AI]);
  });

  test("that answers nothing in particular does so after an answer as well", async () => {
    await desk.answerAsRule(await desk.turn());
    expect(await desk.answerAsRule(null, "Anything else?")).toBeNull();
    expect(await desk.said()).toEqual([AI, "Anything else?"]);
  });
});

/** What happens after the turn was due, and what a rule is told then. */
const OBSTACLES: [Obstacle | null, string, (newest: string) => Promise<unknown>][] = [
  ["superseded", "the customer has written again", () => desk.arrive("And my other order?")],
  ["superseded", "an older message has arrived", () => desk.arrive("Hello", { at: new Date(now() - 10 * SECOND_MS) })],
  ["answered", "somebody has answered", () => desk.answer()],
  ["answered", "a program has answered", async () => sendMessage(program(), await plainAnswer())],
  ["answered", "somebody has answered in the channel's own app", () => desk.answerInApp("It is on its way.")],
  ["ticket_ended", "the ticket has ended", async () => change({ status: "RESOLVED" })],
  ["held", "somebody holds the conversation", () => set({ heldAt: desk.ctx.clock.now() })],
  ["handed_off", "rules have handed it off", () => set({ handedOffAt: desk.ctx.clock.now() })],
  ["typing", "somebody types", () => enter("typing")],
  ["window_closed", "the customer wrote too long ago", async () => desk.ctx.clock.advance(25 * HOUR_MS)],
  ["contact_blocked", "the contact is blocked", () => desk.read((tx) => tx.contact.updateMany({ data: BLOCKED }))],
  ["may_not_send", "the company is suspended", () => suspend()],
  [null, "somebody looks", () => enter("viewing")],
  [null, "somebody writes a note", () => send({ isInternal: true })],
  [null, "somebody puts an answer off", () => send({ sendAt: new Date(now() + HOUR_MS) })],
  [null, "somebody takes their answer back", () => takeBack()],
  [null, "the company asks how satisfied they are", () => askSurvey()],
  [null, "the ticket goes to somebody", async () => change({ assigneeId: userId() })],
  [null, "it was held in an earlier ticket", () => set({ heldAt: new Date(now() - HOUR_MS) })],
  [null, "it was handed off in an earlier ticket", () => set({ handedOffAt: new Date(now() - HOUR_MS) })],
];
const BLOCKED = { blockedAt: new Date() };

const now = (): number => desk.ctx.clock.now().getTime();
const userId = (): string => (desk.agent.actor.type === "user" ? desk.agent.actor.userId : "");
const change = async (what: { status?: "RESOLVED"; assigneeId?: string }) =>
  changeTicket(desk.agent, { id: await desk.ticketId(), ...what });
const set = (turn: { heldAt?: Date; handedOffAt?: Date; releasedAt?: Date }) =>
  desk.read((tx) => tx.conversationTurn.updateMany({ data: turn }));
const suspend = () =>
  desk.ctx.database.withSystem((tx) =>
    tx.tenant.update({ where: { id: desk.tenantId }, data: { status: "SUSPENDED" } }),
  );
const plainAnswer = async () => ({
  conversationId: await desk.conversationId(),
  type: "text" as const,
  text: "It is on its way.",
  isInternal: false,
});
const enter = async (state: "viewing" | "typing") =>
  desk.ctx.presence.enter(
    { tenantId: desk.tenantId, conversationId: await desk.conversationId(), userId: userId() },
    state,
    desk.ctx.clock.now(),
  );
const takeBack = async () => cancelMessage(desk.agent, { id: (await send({ undoSeconds: 20 })).id });
const askSurvey = () =>
  desk.locked((tx, { conversation }) =>
    appendMessageAs(desk.ctx, tx, conversation, { text: "How was it?", isInternal: false }, SYSTEM_AUTHOR),
  );

describe("before a rule answers", () => {
  test.each(OBSTACLES)("%s: %s", async (expected, _what, happen) => {
    const newest = await desk.turn();
    await happen(newest);
    const said = await desk.said();
    expect(await desk.answerAsRule(newest)).toBe(expected);
    expect(await desk.said()).toEqual(expected === null ? expect.arrayContaining([...said, AI]) : said);
  });
});

describe("a person takes over", () => {
  test("by answering, until the next ticket begins", async () => {
    await desk.turn();
    await desk.answer();
    expect(await desk.obstacle(await desk.turn("And then?"))).toBe("person_took_over");
    await change({ status: "RESOLVED" });
    await change({ status: "RESOLVED" });
    await desk.read((tx) => tx.ticket.updateMany({ data: { status: "CLOSED", resolvedAt: new Date(0) } }));
    desk.ctx.clock.advance(HOUR_MS);
    const next = await desk.turn("Something else");
    expect(await desk.obstacle(next)).toBeNull();
  });

  test("by answering in the channel's own app, also while nobody listened to it", async () => {
    const written = desk.ctx.clock.now();
    desk.ctx.clock.advance(HOUR_MS);
    // Both are told of an hour later: the ticket is younger than the answer.
    await desk.arrive("Where is my order?", { at: written });
    desk.ctx.clock.set(new Date(written.getTime() + 60 * SECOND_MS));
    await desk.answerInApp("It is on its way.");
    desk.ctx.clock.set(new Date(written.getTime() + HOUR_MS + SECOND_MS));
    expect(await desk.obstacle(await desk.turn("Hello?"))).toBe("person_took_over");
  });

  test("not by what they wrote before rules were let in again", async () => {
    await desk.turn();
    await desk.answer();
    await set({ releasedAt: desk.ctx.clock.now() });
    const next = await desk.turn("And then?");
    expect(await desk.obstacle(next)).toBeNull();
    desk.ctx.clock.advance(SECOND_MS);
    await desk.answer();
    expect(await desk.obstacle(await desk.turn("And then?"))).toBe("person_took_over");
  });
});

describe("rules answer so often", () => {
  test("in a ticket, and then people do", async () => {
    desk.settings = { ...desk.settings, mostTurns: 2 };
    for (const expected of [null, null, "too_many_turns"]) {
      const id = await desk.turn("Where is it?");
      expect(await desk.answerAsRule(id)).toBe(expected);
    }
    await set({ releasedAt: desk.ctx.clock.now() });
    expect(await desk.answerAsRule(await desk.turn("Where is it?"))).toBeNull();
  });
});

describe("at the same moment", () => {
  test("the customer writes while an answer is composed: it is dropped, and the next turn is of both", async () => {
    const first = await desk.turn("Where is my order?");
    // Composed here, with what was known.
    await desk.write("Sorry, it is 12-345");
    expect(await desk.answerAsRule(first)).toBe("superseded");
    await desk.turnEnds();
    const [, due] = await desk.turns();
    expect(due?.all).toEqual(await desk.inbound());
    expect(await desk.answerAsRule(due?.newest ?? null)).toBeNull();
    expect(await desk.said()).toEqual([AI]);
  });

  test("the customer writes while an answer is written: it is sent, and theirs is a turn of its own", async () => {
    const first = await desk.turn("Where is my order?");
    let arrived: Promise<void> | undefined;
    const obstacle = await desk.answerAsRule(first, AI, async () => {
      arrived = desk.arrive("And my other order?");
      await waitForLocks(desk.ctx.database, 1);
    });
    await arrived;
    expect([obstacle, await desk.said()]).toEqual([null, [AI]]);
    await desk.note();
    await desk.turnEnds();
    const [, second] = await desk.inbound();
    expect((await desk.turns()).at(-1)).toEqual({ newest: second, all: [second] });
    expect(await desk.obstacle(second)).toBeNull();
  });

  test("somebody answers first: the rule waits, and is silent", async () => {
    const newest = await desk.turn();
    let both: [Promise<string>, Promise<Obstacle | null>] | undefined;
    await desk.locked(async () => {
      // Both wait for the conversation, the person before the rule.
      const person = desk.answer("A person.");
      await waitForLocks(desk.ctx.database, 1);
      both = [person, desk.answerAsRule(newest)];
      await waitForLocks(desk.ctx.database, 2);
    });
    expect(await both?.[1]).toBe("answered");
    await both?.[0];
    expect(await desk.said()).toEqual(["A person."]);
  });

  test("the rule answers first: the person's answer comes after it, and the rule is silent from then on", async () => {
    const newest = await desk.turn();
    let person: Promise<string> | undefined;
    const obstacle = await desk.answerAsRule(newest, AI, async () => {
      person = desk.answer("A person.");
      await waitForLocks(desk.ctx.database, 1);
    });
    await person;
    expect([obstacle, await desk.said()]).toEqual([null, [AI, "A person."]]);
    expect(await desk.answerAsRule(newest)).toBe("answered");
    expect(await desk.obstacle(await desk.turn("And then?"))).toBe("person_took_over");
  });

  test("in twenty conversations' worth of haste exactly one of both goes out first, and never the rule after the person", async () => {
    for (let round = 0; round < 20; round += 1) {
      await set({ releasedAt: desk.ctx.clock.now() });
      desk.ctx.clock.advance(SECOND_MS);
      const newest = await desk.turn(`${round}`);
      const before = (await desk.said()).length;
      const [obstacle] = await Promise.all([desk.answerAsRule(newest, AI), desk.answer("A person.")]);
      const said = (await desk.said()).slice(before);
      expect(said).toEqual(obstacle === null ? [AI, "A person."] : ["A person."]);
    }
  });
});
