import { buildInbox, waitForLocks } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { outboundQueue } from "../outbound-queue/index.ts";
import { applyTicketChange, asSystem, lockTicket, mergeTickets } from "../tickets/index.ts";
import { CUSTOMER, HOUR_MS, MINUTE_MS, withSurveyDesk, type SurveyDesk } from "./survey-desk.fixture.ts";

let desk: SurveyDesk;

withSurveyDesk((opened) => (desk = opened));

const ANOTHER = "33600000002";
const DAY_MS = 24 * HOUR_MS;
const ANSWER = "It is on its way.";
const QUESTION = "How satisfied are you, from 1 to 5?";

const ofDesk = () => ({ id: desk.tenantId });

/** The ticket has ended and the timer fires after `meanwhile`. */
async function saidAfter(meanwhile: (ticket: { id: string }) => Promise<unknown>): Promise<unknown[]> {
  const ticket = await desk.resolved();
  await meanwhile(ticket);
  await desk.fire("ask_survey", ticket);
  expect(await desk.surveys()).toEqual([]);
  return desk.said();
}

describe("after a ticket has ended", () => {
  test("its contact is asked when the delay is over", async () => {
    await desk.configure({ delayMinutes: 90, expiresAfterHours: 6 });
    const ticket = await desk.resolved();
    const [{ dueAt } = { dueAt: null }] = await desk.read((tx) => tx.timer.findMany({ where: { kind: "ask_survey" } }));
    expect(dueAt).toEqual(new Date(desk.ctx.clock.now().getTime() + 90 * MINUTE_MS));
    expect(await desk.said()).toEqual([ANSWER]);

    await desk.fire("ask_survey", ticket);
    expect(await desk.said()).toEqual([ANSWER, QUESTION]);
    const [survey] = await desk.surveys();
    const now = desk.ctx.clock.now();
    expect(survey).toMatchObject({ ticketId: ticket.id, state: "ASKED", score: null, askedAt: now });
    expect(survey?.expiresAt).toEqual(new Date(now.getTime() + 6 * HOUR_MS));
    expect(await desk.timers()).toEqual(["expire_survey"]);
    const asked = await desk.read((tx) => tx.event.findFirstOrThrow({ where: { type: "SURVEY_ASKED" } }));
    expect(asked).toMatchObject({ actorType: "SYSTEM", ticketId: ticket.id, messageId: survey?.messageId });
  });

  test("the question is a message of the system, belongs to the ticket, is sent, and changes nothing else", async () => {
    const ticket = await desk.resolved();
    const [before] = await desk.tickets();
    await desk.fire("ask_survey", ticket);
    const [after] = await desk.tickets();
    expect(after).toEqual(before);
    const { messageId } = await desk.read((tx) => tx.satisfactionSurvey.findFirstOrThrow());
    const message = await desk.read((tx) => tx.message.findFirstOrThrow({ where: { id: messageId } }));
    expect(message).toMatchObject({ senderType: "SYSTEM", senderId: null, ticketId: ticket.id, status: "QUEUED" });
    const jobs = await desk.ctx.jobsOn(outboundQueue);
    expect(jobs.map(({ payload }) => (payload as { messageId: string }).messageId)).toContain(messageId);
    const conversation = await desk.read((tx) => tx.conversation.findFirstOrThrow());
    expect(conversation).toMatchObject({ status: "RESOLVED", lastMessageId: messageId });
  });

  test("whoever has the contact may take the conversation, as whatever the customer writes does", async () => {
    const ticket = await desk.resolved();
    const { contactId, conversationId } = await desk.read((tx) =>
      tx.ticket.findFirstOrThrow({ where: { id: ticket.id } }),
    );
    let asking: Promise<void> | undefined;
    await desk.ctx.database.withSystem(async (tx) => {
      await tx.$queryRaw`select id from contact where id = ${contactId}::uuid for no key update`;
      asking = desk.fire("ask_survey", ticket);
      await waitForLocks(desk.ctx.database, 1);
      await tx.$queryRaw`select id from conversation where id = ${conversationId}::uuid for no key update nowait`;
    });
    await asking;
    expect(await desk.said()).toEqual([ANSWER, QUESTION]);
  });

  test("what the customer wrote meanwhile stays unread", async () => {
    const ticket = await desk.resolved();
    await desk.read((tx) => tx.conversation.updateMany({ data: { unreadCount: 3 } }));
    await desk.fire("ask_survey", ticket);
    expect(await desk.read((tx) => tx.conversation.findFirstOrThrow())).toMatchObject({ unreadCount: 3 });
  });

  test("it is the same when the system ends it, and it is closed rather than resolved", async () => {
    await desk.write("Where is my order?");
    await desk.answer();
    const [ticket] = await desk.tickets();
    const id = ticket?.id ?? "";
    await desk.read(async (tx) =>
      applyTicketChange(desk.ctx, tx, await lockTicket(tx, desk.tenantId, id), { status: "CLOSED" }, asSystem("idle")),
    );
    await desk.fire("ask_survey", { id });
    expect(await desk.said()).toEqual([ANSWER, QUESTION]);
  });

  test("who has a language is asked in it", async () => {
    await desk.read((tx) => tx.tenant.update({ where: ofDesk(), data: { languages: ["en", "fr"] } }));
    await desk.configure({ translations: { fr: { question: "C'était comment ?", thanks: null } } });
    const ticket = await desk.resolved();
    await desk.read((tx) => tx.contact.updateMany({ data: { metadata: { language: "fr" } } }));
    await desk.fire("ask_survey", ticket);
    expect(await desk.said()).toEqual([ANSWER, "C'était comment ?"]);
  });
});

describe("no timer is set", () => {
  test("while surveys are not enabled", async () => {
    await desk.configure({ isEnabled: false });
    await desk.resolved();
    expect(await desk.timers()).toEqual([]);
  });

  test("for a ticket that nobody of the company ever answered", async () => {
    await desk.write("Where is my order?");
    const [ticket] = await desk.tickets();
    await desk.move({ id: ticket?.id ?? "" }, "CLOSED");
    expect(await desk.timers()).toEqual([]);
  });

  test("for one that is merged", async () => {
    await desk.write("Where is my order?");
    await desk.answer();
    await desk.write("It is me again.", { from: ANOTHER });
    const [ticket, other] = await desk.tickets();
    await mergeTickets(desk.agent, { id: ticket?.id ?? "", intoTicketId: other?.id ?? "" });
    expect(await desk.timers()).toEqual([]);
  });

  test("again when a resolved ticket is closed", async () => {
    const ticket = await desk.resolved();
    await desk.fire("ask_survey", ticket);
    await desk.move(ticket, "CLOSED");
    expect(await desk.timers()).toEqual(["expire_survey"]);
  });
});

describe("nobody is asked", () => {
  test.each<[string, (ticket: { id: string }) => Promise<unknown>]>([
    ["surveys are switched off", () => desk.configure({ isEnabled: false })],
    ["an agent has taken the ticket up again", (ticket) => desk.move(ticket, "OPEN")],
    ["the customer has written again", () => desk.write("It is not here yet.")],
    ["the contact is blocked", () => desk.read((tx) => tx.contact.updateMany({ data: { blockedAt: new Date() } }))],
    [
      "the company may not send",
      () => desk.ctx.database.withSystem((tx) => tx.tenant.update({ where: ofDesk(), data: { status: "SUSPENDED" } })),
    ],
    [
      "the inbox is paused",
      () => desk.read((tx) => tx.inbox.updateMany({ data: { status: "PAUSED", pausedReason: "no money" } })),
    ],
    ["the reply window is over", async () => desk.ctx.clock.advance(DAY_MS)],
    [
      "the customer has never written on a channel with a window",
      () => desk.read((tx) => tx.conversation.updateMany({ data: { windowExpiresAt: null } })),
    ],
  ])("when %s", async (_case, meanwhile) => {
    expect(await saidAfter(meanwhile)).toEqual([ANSWER]);
  });

  test("while the next ticket of the conversation is being worked on", async () => {
    await desk.read((tx) => tx.tenant.update({ where: ofDesk(), data: { reopenWindowMinutes: 0 } }));
    const ticket = await desk.resolved();
    desk.ctx.clock.advance(2 * MINUTE_MS);
    await desk.write("Something else.");
    expect(await desk.tickets()).toHaveLength(2);
    await desk.fire("ask_survey", ticket);
    expect(await desk.said()).toEqual([ANSWER]);
  });

  test("twice about one ticket", async () => {
    const ticket = await desk.asked();
    await desk.move(ticket, "OPEN");
    desk.ctx.clock.advance(8 * DAY_MS);
    await desk.write("Still nothing.");
    await desk.move(ticket, "RESOLVED");
    await desk.fire("ask_survey", ticket);
    expect(await desk.said()).toEqual([ANSWER, QUESTION]);
    expect(await desk.surveys()).toMatchObject([{ ticketId: ticket.id, state: "EXPIRED" }]);
  });
});

describe("a contact", () => {
  test("is asked once in seven days, whatever the tickets were about", async () => {
    await desk.read((tx) => tx.tenant.update({ where: ofDesk(), data: { reopenWindowMinutes: 0 } }));
    await desk.asked();
    desk.ctx.clock.advance(7 * DAY_MS - HOUR_MS);
    const second = await desk.resolved();
    await desk.fire("ask_survey", second);
    expect(await desk.surveys()).toHaveLength(1);
    desk.ctx.clock.advance(HOUR_MS);
    const third = await desk.resolved();
    await desk.fire("ask_survey", third);
    expect((await desk.surveys()).map(({ ticketId }) => ticketId)).toEqual([expect.any(String), third.id]);
  });

  test("with conversations in two inboxes is asked once when the tickets end together", async () => {
    const other = await buildInbox(desk.ctx, { tenantId: desk.tenantId });
    const customers = [CUSTOMER, ANOTHER, "33600000003", "33600000004"];
    const tickets = [];
    for (const from of customers) tickets.push(await desk.resolved(from), await desk.resolved(from, other));
    expect(await desk.tickets()).toHaveLength(8);
    desk.ctx.clock.advance(HOUR_MS);
    await Promise.all(tickets.map((ticket) => desk.fire("ask_survey", ticket)));
    expect(await desk.surveys()).toHaveLength(customers.length);
  });
});

test("reopening takes the timer back, and ending the ticket once more sets it anew", async () => {
  const ticket = await desk.resolved();
  await desk.move(ticket, "OPEN");
  expect(await desk.timers()).toEqual([]);
  desk.ctx.clock.advance(HOUR_MS);
  await desk.move(ticket, "RESOLVED");
  const [timer] = await desk.read((tx) => tx.timer.findMany());
  expect(timer).toMatchObject({ kind: "ask_survey", subjectId: ticket.id });
  expect(timer?.dueAt).toEqual(new Date(desk.ctx.clock.now().getTime() + 5 * MINUTE_MS));
});
