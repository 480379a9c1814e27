import { describe, expect, test } from "vitest";
import { compileRules } from "./compile-rules.ts";
import { clocksOf } from "./fold-clocks.ts";
import { foldTicket, type LoggedEvent, type TicketLog } from "./read-ticket-log.ts";

const START = Date.parse("2026-01-05T08:00:00Z");
const MINUTE_MS = 60_000;

const RULES = compileRules({
  revision: 1,
  effectiveAt: new Date(START - MINUTE_MS),
  definition: {
    plan: "PRO",
    timeZone: "UTC",
    businessHours: {},
    holidays: [],
    autoClose: [],
    policies: [
      {
        id: "policy",
        match: {},
        clock: "CALENDAR",
        hours: null,
        targets: { default: { firstResponseSeconds: 3_600, nextResponseSeconds: 3_600, resolutionSeconds: 14_400 } },
        pauseIn: ["WAITING_CUSTOMER"],
        warnAtPercent: null,
        autoRepliesCount: true,
        escalations: [],
      },
    ],
  },
});

function event(minutes: number, type: string, more: Partial<LoggedEvent> = {}): LoggedEvent {
  const nobody = { actorType: "SYSTEM" as const, actorId: null, messageId: null };
  return { type, txid: "1", ...nobody, data: {}, createdAt: new Date(START + minutes * MINUTE_MS), ...more };
}

function logOf(events: LoggedEvent[], more: Partial<TicketLog["ticket"]> = {}): TicketLog {
  const ticket: TicketLog["ticket"] = {
    inboxId: "inbox",
    channel: "EMAIL",
    status: "OPEN",
    priority: "NORMAL",
    tags: [],
    assigneeId: null,
    teamId: null,
    createdAt: new Date(START),
    ...more,
  };
  return { ticket, events, tagChanges: [] };
}

const OPENED = event(0, "TICKET_OPENED", { actorType: "CUSTOMER" });

/** What became of the promises, in the order in which they began. */
function outcomes(events: LoggedEvent[]): string[] {
  return clocksOf(foldTicket(logOf([OPENED, ...events]), [RULES])).map(
    ({ metric, outcome }) => `${metric} ${outcome ?? "open"}`,
  );
}

describe("an answer is", () => {
  test.each([
    [
      "what a person writes",
      event(5, "MESSAGE_QUEUED", { actorType: "AGENT", actorId: "ann", data: { type: "text" } }),
    ],
    ["what a program sends with a key", event(5, "MESSAGE_QUEUED", { data: { type: "text" } })],
    ["what was scheduled, when it is queued", event(5, "MESSAGE_QUEUED", { data: { because: "scheduled" } })],
    [
      "what was written in the channel's own app",
      event(5, "MESSAGE_SENT", { actorType: "AGENT", data: { type: "text" } }),
    ],
  ])("%s", (_what, answer) => {
    expect(outcomes([answer])[0]).toBe("FIRST_RESPONSE MET");
  });

  test.each([
    ["what answers nobody, such as a survey", event(5, "MESSAGE_QUEUED", { data: { type: "text", isAnswer: false } })],
    ["a message on its way that was queued before", event(5, "MESSAGE_SENT", { data: { attempt: 1 } })],
    ["a reaction", event(5, "MESSAGE_SENT", { actorType: "AGENT", data: { type: "reaction" } })],
  ])("not %s", (_what, answer) => {
    expect(outcomes([answer])[0]).toBe("FIRST_RESPONSE open");
  });

  test("not what was taken back before it was sent", () => {
    const queued = event(5, "MESSAGE_QUEUED", { actorType: "AGENT", messageId: "m1", data: { type: "text" } });
    const cancelled = event(6, "MESSAGE_CANCELLED", { messageId: "m1", data: { from: "queued" } });
    expect(outcomes([queued])[0]).toBe("FIRST_RESPONSE MET");
    expect(outcomes([queued, cancelled])[0]).toBe("FIRST_RESPONSE open");
  });
});

describe("a customer waits", () => {
  const answered = event(5, "MESSAGE_QUEUED", { actorType: "AGENT", data: { type: "text" } });

  test("for the next answer after they wrote, unless what they sent is no work", () => {
    expect(outcomes([answered, event(6, "MESSAGE_RECEIVED")])).toContain("NEXT_RESPONSE open");
    expect(outcomes([answered, event(6, "MESSAGE_RECEIVED", { data: { isWork: false } })])).toHaveLength(2);
  });

  test("in the ticket that theirs was merged into, if they waited in that", () => {
    expect(outcomes([answered, event(6, "TICKET_MERGED", { data: { from: {}, waits: true } })])).toContain(
      "NEXT_RESPONSE open",
    );
    expect(outcomes([answered, event(6, "TICKET_MERGED", { data: { from: {} } })])).toHaveLength(2);
  });
});

describe("what a ticket was at first", () => {
  test("is what the first change of it says that it was", () => {
    const changes = [
      event(1, "STATUS_CHANGED", { data: { from: "waiting_customer", to: "open" } }),
      event(2, "PRIORITY_CHANGED", { data: { from: "low", to: "urgent" } }),
    ];
    const log = logOf([OPENED, ...changes], { status: "OPEN", priority: "URGENT" });
    const [clock] = clocksOf(foldTicket(log, [RULES]));
    // It waited for the customer for a minute, so the hour ends that much later.
    expect(clock?.dueAt).toBe(START + 61 * MINUTE_MS);
  });

  test("is what it is, where nothing has changed, and it was opened when it was made", () => {
    const ticket = foldTicket(logOf([], { status: "PENDING" }), [RULES]);
    expect(ticket.statuses).toEqual([{ at: START, status: "PENDING" }]);
    expect(clocksOf(ticket)[0]?.startedAt).toBe(START);
  });
});

test("time stands still while a server's clock goes back", () => {
  const events = [OPENED, event(30, "MESSAGE_RECEIVED"), event(10, "MESSAGE_QUEUED", { data: { type: "text" } })];
  const [clock] = clocksOf(foldTicket(logOf(events), [RULES]));
  expect(clock).toMatchObject({ outcome: "MET", settledAt: START + 30 * MINUTE_MS });
});

test("a revision comes after what happened in its millisecond, which may have been judged without it", () => {
  const shorter = { ...RULES, revision: 2, effectiveAt: START + 5 * MINUTE_MS, policies: [] };
  const answered = event(5, "MESSAGE_QUEUED", { actorType: "AGENT", data: { type: "text" } });
  const clocks = clocksOf(foldTicket(logOf([OPENED, answered]), [RULES, shorter]));
  expect(clocks.map(({ outcome }) => outcome)).toEqual(["MET", "CANCELLED"]);
});
