import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, type BuiltTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

const DAY_MS = 24 * 3_600_000;
const START = Date.UTC(2026, 0, 1);

interface Built {
  day: number;
  score?: number;
  state?: "ASKED" | "ANSWERED" | "EXPIRED";
}

/** A ticket that was closed, whose contact was asked on a day of January. */
async function buildSurvey({ day, score, state }: Built, of: Desk = desk): Promise<BuiltTicket> {
  const { context } = api;
  const conversation = await buildConversation(context, { tenantId: of.tenant.id });
  const askedAt = new Date(START + (day - 1) * DAY_MS);
  const answeredAt = score === undefined ? null : new Date(askedAt.getTime() + 60_000);
  const ticket = await buildTicket(context, conversation, {
    status: "CLOSED",
    resolvedAt: askedAt,
    surveyScore: score ?? null,
    surveyScoredAt: answeredAt,
  });
  await context.database.withSystem((tx) =>
    tx.satisfactionSurvey.create({
      data: {
        tenantId: ticket.tenantId,
        ticketId: ticket.id,
        conversationId: conversation.id,
        messageId: newId(),
        state: state ?? (score === undefined ? "ASKED" : "ANSWERED"),
        score: score ?? null,
        askedAt,
        answeredAt,
        answerId: score === undefined ? null : newId(),
        expiresAt: new Date(askedAt.getTime() + DAY_MS),
      },
    }),
  );
  return ticket;
}

describe("GET /surveys", () => {
  test("shows who was asked, and what they answered", async () => {
    const ticket = await buildSurvey({ day: 2, score: 4 });
    const { status, body } = await desk.client.get("/surveys");
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        {
          ticketId: ticket.id,
          conversationId: ticket.conversationId,
          messageId: expect.any(String),
          state: "answered",
          score: 4,
          answerId: expect.any(String),
          askedAt: "2026-01-02T00:00:00.000Z",
          expiresAt: "2026-01-03T00:00:00.000Z",
          answeredAt: "2026-01-02T00:01:00.000Z",
        },
      ],
      page: { nextCursor: null },
    });
  });

  test("filters by state, score and time", async () => {
    const asked = await buildSurvey({ day: 1 });
    const expired = await buildSurvey({ day: 2, state: "EXPIRED" });
    const bad = await buildSurvey({ day: 3, score: 1 });
    const good = await buildSurvey({ day: 4, score: 5 });
    for (const [query, tickets] of [
      ["", [good, bad, expired, asked]],
      ["state=asked", [asked]],
      ["state=EXPIRED", [expired]],
      ["state=answered", [good, bad]],
      ["score=5", [good]],
      ["score=3", []],
      ["since=2026-01-03T00:00:00Z", [good, bad]],
      ["since=2026-01-02T00:00:00Z&state=expired", [expired]],
    ] as const) {
      const { body } = await desk.client.get(`/surveys?${query}`);
      const found = body.data.map((row: { ticketId: string }) => row.ticketId);
      expect([query, found]).toEqual([query, tickets.map(({ id }) => id)]);
    }
  });

  test("pages hold every survey once, newest first, even of one moment", async () => {
    const built = [];
    for (let index = 0; index < 5; index += 1) built.push(await buildSurvey({ day: 1, score: 1 + index }));
    const rows = await readAll(desk.client, "/surveys?limit=2");
    const expected = built.map(({ id }) => id).toSorted((a, b) => (a < b ? 1 : -1));
    expect(rows.map((row) => (row as unknown as { ticketId: string }).ticketId)).toEqual(expected);
  });

  test.each(["state=good", "score=0", "score=6", "score=x", "since=yesterday", "cursor=x", "mood=happy"])(
    "refuses %s",
    async (query) => {
      const answer = await desk.client.get(`/surveys?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
    },
  );

  test("shows nothing of another company", async () => {
    await buildSurvey({ day: 1, score: 1 }, await openDesk(api));
    expect((await desk.client.get("/surveys")).body.data).toEqual([]);
    expect((await desk.client.get("/surveys/summary")).body.data.asked).toBe(0);
  });
});

describe("GET /surveys/summary", () => {
  beforeEach(async () => {
    for (const survey of [
      { day: 1, score: 1 },
      { day: 2 },
      { day: 3, score: 5 },
      { day: 4, score: 5 },
      { day: 5, score: 4 },
      { day: 6, state: "EXPIRED" as const },
    ]) {
      await buildSurvey(survey);
    }
  });

  test("counts all answers", async () => {
    const { status, body } = await desk.client.get("/surveys/summary");
    expect(status).toBe(200);
    expect(body.data).toEqual({
      asked: 6,
      answered: 4,
      answeredShare: 4 / 6,
      average: 3.75,
      distribution: { 1: 1, 2: 0, 3: 0, 4: 1, 5: 2 },
    });
  });

  test("counts those of a period, whose end is not part of it", async () => {
    const { body } = await desk.client.get("/surveys/summary?since=2026-01-02T00:00:00Z&until=2026-01-04T00:00:00Z");
    expect(body.data).toMatchObject({ asked: 2, answered: 1, answeredShare: 0.5, average: 5 });
  });

  test("has neither share nor average of nothing", async () => {
    const { body } = await desk.client.get("/surveys/summary?since=2026-02-01T00:00:00Z");
    expect(body.data).toEqual({
      asked: 0,
      answered: 0,
      answeredShare: null,
      average: null,
      distribution: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 },
    });
    const asked = await desk.client.get("/surveys/summary?since=2026-01-02T00:00:00Z&until=2026-01-03T00:00:00Z");
    expect(asked.body.data).toMatchObject({ asked: 1, answered: 0, answeredShare: 0, average: null });
  });

  test.each(["since=1", "until=x", "score=5"])("refuses %s", async (query) => {
    expect((await desk.client.get(`/surveys/summary?${query}`)).status).toBe(400);
  });
});

test("a ticket shows what its contact answered", async () => {
  const ticket = await buildSurvey({ day: 2, score: 3 });
  const unanswered = await buildSurvey({ day: 3 });
  const satisfaction = { score: 3, answeredAt: "2026-01-02T00:01:00.000Z" };
  expect((await desk.client.get(`/tickets/${ticket.id}`)).body.data.satisfaction).toEqual(satisfaction);
  expect((await desk.client.get(`/tickets/${unanswered.id}`)).body.data.satisfaction).toBeNull();
});

test("closing a ticket through the API plans a question, and reopening takes it back", async () => {
  const survey = { isEnabled: true, delayMinutes: 0 };
  expect((await desk.as({ role: "ADMIN" }).patch("/settings", { survey })).status).toBe(200);
  const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
  const { id } = await buildTicket(api.context, conversation);
  await desk.client.post(`/tickets/${id}/messages`, { body: "It is on its way." });
  const timers = () => api.context.database.withSystem((tx) => tx.timer.findMany({ where: { subjectId: id } }));

  expect((await desk.client.patch(`/tickets/${id}`, { status: "resolved" })).status).toBe(200);
  expect(await timers()).toMatchObject([{ kind: "ask_survey", dueAt: api.context.clock.now() }]);
  expect((await desk.client.patch(`/tickets/${id}`, { status: "open" })).status).toBe(200);
  expect(await timers()).toEqual([]);
});
