import { describe, expect, test } from "vitest";
import type { LoggedEvent } from "../sla-clocks/index.ts";
import { recordOf } from "./ticket-facts.ts";

const START = Date.parse("2026-03-02T08:00:00Z");
const MINUTE = 60_000;
const ticket = {
  inboxId: "inbox",
  channel: "WHATSAPP",
  status: "OPEN",
  priority: "NORMAL",
  tags: [],
  assigneeId: "ann",
  teamId: null,
  createdAt: new Date(START),
} as const;

let messages = 0;
function happens(minute: number, type: string, data: object = {}, columns: Partial<LoggedEvent> = {}): LoggedEvent {
  const messageId = `message ${(messages += 1)}`;
  const createdAt = new Date(START + minute * MINUTE);
  return { type, txid: "1", actorType: "AGENT", actorId: "bob", messageId, data, createdAt, ...columns };
}
const opened = happens(0, "TICKET_OPENED", { to: { userId: "ann", teamId: "first" } });
const moves = (minute: number, from: string, to: string, because?: string): LoggedEvent =>
  happens(minute, "STATUS_CHANGED", { from, to, ...(because !== undefined && { because }) });

const given = (minute: number, from: string, to: string) =>
  happens(minute, "ASSIGNMENT_CHANGED", { from: { userId: from }, to: { userId: to } });

const record = (...events: LoggedEvent[]) => recordOf({ ticket, events: [opened, ...events], tagChanges: [] });
const told = (...events: LoggedEvent[]) =>
  record(...events).facts.map(({ kind, tookMs, agentId }) => [kind, tookMs === null ? null : tookMs / MINUTE, agentId]);

describe("responses", () => {
  test("the first is to the opening, the next to the first message that waits", () => {
    expect(
      told(
        happens(3, "MESSAGE_RECEIVED"),
        happens(5, "MESSAGE_QUEUED"),
        happens(6, "MESSAGE_QUEUED"),
        happens(10, "MESSAGE_RECEIVED"),
        happens(12, "MESSAGE_RECEIVED"),
        happens(20, "MESSAGE_QUEUED"),
      ),
    ).toEqual([
      ["OPENED", null, "ann"],
      ["FIRST_RESPONSE", 5, "bob"],
      ["NEXT_RESPONSE", 10, "bob"],
    ]);
  });

  test("what the AI answers is on nobody's account, and what is taken back is none", () => {
    const takenBack = happens(2, "MESSAGE_QUEUED");
    const { messageId } = takenBack;
    expect(
      told(
        takenBack,
        happens(3, "MESSAGE_CANCELLED", {}, { messageId }),
        happens(7, "MESSAGE_QUEUED", {}, { actorType: "AI", actorId: null }),
      ).slice(1),
    ).toEqual([["FIRST_RESPONSE", 7, null]]);
  });
});

describe("resolution", () => {
  test("counts from the opening, then from the reopening, and closing what is resolved is nothing more", () => {
    expect(
      told(
        moves(30, "open", "resolved"),
        moves(40, "resolved", "closed"),
        moves(100, "closed", "open"),
        moves(107, "open", "closed"),
      ).slice(1),
    ).toEqual([
      ["RESOLUTION", 30, "ann"],
      ["REOPENED", null, "ann"],
      ["RESOLUTION", 7, "ann"],
    ]);
  });

  test("what is merged is not resolved, but finished", () => {
    const { facts, spans } = record(moves(30, "open", "closed", "merged"));
    expect(facts.map(({ kind }) => kind)).toEqual(["OPENED"]);
    expect(spans).toMatchObject([{ beganAt: START, endedAt: START + 30 * MINUTE }]);
  });
});

test("a ticket that changes hands is unfinished with each in turn, and in the same moment with the last alone", () => {
  const { spans } = record(given(5, "ann", "bob"), given(9, "bob", "cat"), given(9, "cat", "dan"));
  expect(
    spans.map(({ cycle, agentId, beganAt, endedAt }) => [cycle, agentId, (beganAt - START) / MINUTE, endedAt]),
  ).toEqual([
    [1, "ann", 0, START + 5 * MINUTE],
    [2, "bob", 5, START + 9 * MINUTE],
    [3, "dan", 9, null],
  ]);
});

test("a survey's answer is on the account of whoever had the ticket then", () => {
  const { facts } = record(
    happens(5, "SURVEY_ASKED", {}, { actorType: "SYSTEM" }),
    happens(6, "ASSIGNMENT_CHANGED", { from: { userId: "ann" }, to: { userId: "cat" } }),
    happens(7, "SURVEY_ANSWERED", { score: 4 }, { actorType: "CUSTOMER" }),
  );
  expect(facts.slice(1)).toMatchObject([
    { kind: "SURVEY_ASKED", agentId: "ann", score: null },
    { kind: "SURVEY_ANSWERED", agentId: "cat", score: 4 },
  ]);
});
