import { describe, expect, test } from "vitest";
import { inbound, seconds, text } from "../ingest/webhook.fixture.ts";
import { showTicket } from "../tickets/index.ts";
import { timerQueue } from "../timers/index.ts";
import { CUSTOMER, HOUR_MS, MINUTE_MS, withSurveyDesk, type SurveyDesk } from "./survey-desk.fixture.ts";

let desk: SurveyDesk;

withSurveyDesk((opened) => (desk = opened));

const DAY_MS = 24 * HOUR_MS;
const readConversation = () => desk.read((tx) => tx.conversation.findFirstOrThrow());
const lastMessage = () =>
  desk.read((tx) =>
    tx.message.findFirstOrThrow({ where: { direction: "INBOUND" }, orderBy: [{ occurredAt: "desc" }, { id: "desc" }] }),
  );

const suspend = () =>
  desk.ctx.database.withSystem((tx) =>
    tx.tenant.update({ where: { id: desk.tenantId }, data: { status: "SUSPENDED" } }),
  );

/** What stands after a message, of all that an answer leaves alone or changes. */
async function outcome() {
  const [survey] = await desk.surveys();
  const [ticket] = await desk.tickets();
  const { status, unreadCount } = await readConversation();
  return {
    survey: { state: survey?.state, score: survey?.score, answerId: survey?.answerId },
    ticket: { status: ticket?.status, reopenedCount: ticket?.reopenedCount, score: ticket?.surveyScore },
    conversation: { status, isUnread: unreadCount > 0 },
    timers: await desk.timers(),
  };
}

/** The message took the ticket up again. */
const USUAL = {
  survey: { state: "EXPIRED", score: null, answerId: null },
  ticket: { status: "OPEN", reopenedCount: 1, score: null },
  conversation: { status: "OPEN", isUnread: true },
  timers: [],
};

describe("an answer", () => {
  test("is recorded, belongs to the ticket and makes no work", async () => {
    const { id } = await desk.asked();
    const before = await readConversation();
    await desk.write("4 ⭐");
    const message = await lastMessage();
    expect(message).toMatchObject({ ticketId: id, content: { text: "4 ⭐" } });
    const now = desk.ctx.clock.now();
    expect(await desk.surveys()).toMatchObject([
      { state: "ANSWERED", score: 4, answerId: message.id, answeredAt: now },
    ]);
    expect(await desk.timers()).toEqual([]);
    expect(await desk.tickets()).toMatchObject([{ status: "RESOLVED", reopenedCount: 0 }]);
    const after = await readConversation();
    expect(after).toMatchObject({ status: "RESOLVED", unreadCount: before.unreadCount, lastMessageId: message.id });
    expect(after.windowExpiresAt?.getTime()).toBeGreaterThan(before.windowExpiresAt?.getTime() ?? Infinity);
    const events = await desk.read((tx) => tx.event.findMany({ where: { messageId: message.id } }));
    expect(events).toMatchObject([
      { type: "MESSAGE_RECEIVED", ticketId: id },
      { type: "SURVEY_ANSWERED", actorType: "CUSTOMER", ticketId: id, data: { score: 4 } },
    ]);
  });

  test("is shown with the ticket, which has changed by it", async () => {
    const { id } = await desk.asked();
    const before = await showTicket(desk.agent, { id });
    expect(before.satisfaction).toBeNull();
    await desk.write("5");
    const answeredAt = desk.ctx.clock.now().toISOString();
    const after = await showTicket(desk.agent, { id });
    expect(after).toMatchObject({ satisfaction: { score: 5, answeredAt }, version: before.version + 1 });
  });

  test("counts once, whether it is delivered twice or followed by another", async () => {
    await desk.asked();
    const answer = text(CUSTOMER, { body: "2", at: desk.ctx.clock.now() });
    await desk.writeAll(answer);
    await desk.writeAll(answer);
    expect(await desk.tickets()).toMatchObject([{ status: "RESOLVED" }]);
    await desk.write("5");
    expect(await desk.surveys()).toMatchObject([{ state: "ANSWERED", score: 2 }]);
    expect(await desk.tickets()).toMatchObject([{ status: "OPEN", reopenedCount: 1, surveyScore: 2 }]);
  });

  test("may quote the question, while another ticket is being worked on as well", async () => {
    await desk.read((tx) => tx.tenant.update({ where: { id: desk.tenantId }, data: { reopenWindowMinutes: 0 } }));
    const { id, question } = await desk.asked();
    desk.ctx.clock.advance(2 * MINUTE_MS);
    await desk.write("Something else.");
    await desk.write("3");
    expect(await desk.surveys()).toMatchObject([{ state: "ASKED" }]);
    await desk.write("3", { quoting: question });
    expect(await desk.surveys()).toMatchObject([{ state: "ANSWERED", score: 3 }]);
    expect(await lastMessage()).toMatchObject({ ticketId: id });
  });

  test("may be a button", async () => {
    await desk.asked();
    const at = { timestamp: seconds(desk.ctx.clock.now()) };
    await desk.writeAll({ ...inbound(CUSTOMER, "button", { button: { text: "5", payload: "FIVE" } }), ...at });
    expect(await desk.surveys()).toMatchObject([{ state: "ANSWERED", score: 5 }]);
  });

  test("stands when the customer goes on writing in the same webhook, which reopens the ticket", async () => {
    await desk.asked();
    const at = desk.ctx.clock.now();
    await desk.writeAll(text(CUSTOMER, { body: "1", at }), text(CUSTOMER, { body: "It is broken.", at }));
    expect(await desk.surveys()).toMatchObject([{ state: "ANSWERED", score: 1 }]);
    expect(await desk.tickets()).toMatchObject([{ status: "OPEN", reopenedCount: 1, surveyScore: 1 }]);
    expect(await readConversation()).toMatchObject({ status: "OPEN", unreadCount: 1 });
  });

  test("of two customers in one webhook is each one's own", async () => {
    const first = await desk.asked();
    const second = await desk.asked("33600000002");
    const at = desk.ctx.clock.now();
    await desk.writeAll(text("33600000002", { body: "2", at }), text(CUSTOMER, { body: "5", at }));
    const scores = new Map((await desk.surveys()).map(({ ticketId, score }) => [ticketId, score]));
    expect(scores).toEqual(
      new Map([
        [first.id, 5],
        [second.id, 2],
      ]),
    );
  });

  test("either counts or comes too late when the survey expires at the same time", async () => {
    const { id } = await desk.asked();
    const { expiresAt } = await desk.read((tx) => tx.satisfactionSurvey.findFirstOrThrow());
    desk.ctx.clock.set(new Date(expiresAt.getTime() - 1));
    const answering = desk.write("5");
    desk.ctx.clock.set(expiresAt);
    await Promise.all([answering, desk.fire("expire_survey", { id })]);
    const [survey] = await desk.surveys();
    expect(survey?.score).toBe(survey?.state === "ANSWERED" ? 5 : null);
    expect(["ANSWERED", "EXPIRED"]).toContain(survey?.state);
    expect(await desk.timers()).toEqual([]);
    const [ticket] = await desk.tickets();
    expect(ticket?.surveyScore).toBe(survey?.score);
  });
});

describe("is usual work, and takes the ticket up again:", () => {
  test("any other text", async () => {
    await desk.asked();
    await desk.write("5 of them are missing");
    expect(await outcome()).toEqual(USUAL);
  });

  test("a number that quotes something else", async () => {
    await desk.asked();
    await desk.write("5", { quoting: "wamid.SOMETHING" });
    expect(await outcome()).toEqual(USUAL);
  });

  test("a number after another text of the same webhook", async () => {
    await desk.asked();
    const at = desk.ctx.clock.now();
    await desk.writeAll(text(CUSTOMER, { body: "It is broken.", at }), text(CUSTOMER, { body: "5", at }));
    expect(await outcome()).toEqual(USUAL);
  });

  test("a number when nobody was asked", async () => {
    await desk.resolved();
    await desk.write("5");
    expect(await desk.surveys()).toEqual([]);
    expect(await desk.tickets()).toMatchObject([{ status: "OPEN", reopenedCount: 1 }]);
    expect(await desk.timers()).toEqual([]);
  });

  test.each(["QUEUED", "FAILED", "CANCELLED"] as const)("a number when the question is %s", async (status) => {
    const ticket = await desk.asked();
    await desk.settle(ticket, status);
    await desk.write("5");
    expect(await outcome()).toEqual(USUAL);
  });

  test("a number that was written before the question, and came late", async () => {
    const asked = await desk.asked();
    await desk.write("5", { at: new Date(desk.ctx.clock.now().getTime() - 3 * MINUTE_MS) });
    expect(asked.id).toBe((await lastMessage()).ticketId);
    expect(await outcome()).toEqual(USUAL);
  });

  test("a number after the survey has expired, though its timer is late", async () => {
    await desk.configure({ expiresAfterHours: 1 });
    await desk.asked();
    desk.ctx.clock.advance(HOUR_MS);
    await desk.write("5");
    expect(await outcome()).toEqual(USUAL);
  });
});

test("a reaction to the question is no answer and no work", async () => {
  const { question } = await desk.asked();
  const reaction = inbound(CUSTOMER, "reaction", { reaction: { message_id: question, emoji: "⭐" } });
  await desk.writeAll({ ...reaction, timestamp: seconds(desk.ctx.clock.now()) });
  expect(await desk.surveys()).toMatchObject([{ state: "ASKED" }]);
  expect(await desk.tickets()).toMatchObject([{ status: "RESOLVED" }]);
});

test("a survey that nobody answers expires", async () => {
  const ticket = await desk.asked();
  await desk.fire("expire_survey", ticket);
  expect(await desk.surveys()).toMatchObject([{ state: "EXPIRED", score: null }]);
  expect(await desk.timers()).toEqual([]);
});

test("a survey expires when an agent takes the ticket up again", async () => {
  const ticket = await desk.asked();
  await desk.move(ticket, "OPEN");
  expect(await desk.surveys()).toMatchObject([{ state: "EXPIRED" }]);
  expect(await desk.timers()).toEqual([]);
});

describe("who answered", () => {
  test("is thanked at once, by the ticket's worker of timers", async () => {
    await desk.configure({ thanks: "Thank you!" });
    const ticket = await desk.asked();
    await desk.write("5");
    expect(await desk.timers()).toEqual(["thank_survey"]);
    const jobs = await desk.ctx.jobsOn(timerQueue);
    expect(jobs.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ kind: "thank_survey", subjectId: ticket.id }),
    );
    await desk.fire("thank_survey", ticket);
    expect((await desk.said()).at(-1)).toBe("Thank you!");
    expect(await desk.tickets()).toMatchObject([{ status: "RESOLVED" }]);
    expect(await desk.timers()).toEqual([]);
  });

  test("hears nothing where no thanks are set", async () => {
    await desk.asked();
    await desk.write("5");
    expect(await desk.timers()).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["was blocked since", () => desk.read((tx) => tx.contact.updateMany({ data: { blockedAt: new Date() } }))],
    ["has to do with a company that may not send any more", () => suspend()],
    ["wrote too long ago", async () => desk.ctx.clock.advance(DAY_MS)],
  ])("is not thanked who %s", async (_case, meanwhile) => {
    await desk.configure({ thanks: "Thank you!" });
    const ticket = await desk.asked();
    await desk.write("5");
    await meanwhile();
    await desk.fire("thank_survey", ticket);
    expect(await desk.said()).not.toContain("Thank you!");
    expect(await desk.timers()).toEqual([]);
  });
});
