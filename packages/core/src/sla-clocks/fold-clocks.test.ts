import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ClockEvent } from "./clock-event.ts";
import { compileRules } from "./compile-rules.ts";
import { advance, beginClocks, clocksOf, elapse, type TicketAtFirst, type TicketClocks } from "./fold-clocks.ts";
import { MINUTE_MS, watchTheClock, type Promised } from "./naive-clocks.fixture.ts";
import { anyHistory } from "./random-tickets.fixture.ts";
import type { SlaRules } from "./rules.ts";

const TIMEOUT_MS = 120_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse("2026-01-05T08:00:00Z");

const TICKET: TicketAtFirst = {
  inboxId: "inbox",
  channel: "EMAIL",
  status: "OPEN",
  priority: "NORMAL",
  tags: [],
  holder: { userId: null, teamId: null },
};

function rulesOf(policy: Record<string, unknown>, more: Record<string, unknown> = {}, effectiveAt = START): SlaRules {
  const standard = {
    id: "policy",
    match: {},
    clock: "CALENDAR",
    hours: null,
    pauseIn: ["WAITING_CUSTOMER"],
    warnAtPercent: null,
    autoRepliesCount: true,
    escalations: [],
  };
  const company = { plan: "PRO", timeZone: "UTC", businessHours: {}, holidays: [], autoClose: [] };
  const definition = { ...company, policies: [{ ...standard, ...policy }], ...more };
  return compileRules({ revision: 1, effectiveAt: new Date(effectiveAt), definition });
}

/** One hour for each response, four for the resolution. */
const PROMISE = {
  targets: { default: { firstResponseSeconds: 3_600, nextResponseSeconds: 3_600, resolutionSeconds: 4 * 3_600 } },
};

type Happening = ClockEvent extends infer Event ? (Event extends { at: number } ? Omit<Event, "at"> : never) : never;

/** Hours after the start, and what happens then. */
function play(rules: SlaRules, happened: readonly [hours: number, what: Happening][]): TicketClocks {
  const events = happened.map(([hours, what]) => ({ ...what, at: START + hours * HOUR_MS }));
  const opened: ClockEvent = { kind: "opened", at: START };
  return [opened, ...events].reduce(advance, beginClocks(TICKET, rules));
}

const hoursOf = (at: number | null) => (at === null ? null : (at - START) / HOUR_MS);

function shown(ticket: TicketClocks) {
  return clocksOf(ticket).map(({ metric, cycle, outcome, dueAt, pausedAt, breachedAt, settledAt, lateMs }) => ({
    metric,
    cycle,
    outcome,
    due: hoursOf(dueAt),
    paused: hoursOf(pausedAt),
    breached: hoursOf(breachedAt),
    settled: hoursOf(settledAt),
    late: lateMs === null ? null : lateMs / HOUR_MS,
  }));
}

const wrote: Happening = { kind: "customer_wrote" };
const answered: Happening = { kind: "answered", isAuto: false, userId: "ann" };
const to = (status: "OPEN" | "WAITING_CUSTOMER" | "RESOLVED" | "CLOSED", isMerge = false): Happening => ({
  kind: "status",
  status,
  isMerge,
});

function promisesOf(ticket: TicketClocks): Promised[] {
  return clocksOf(ticket).map(({ metric, cycle, policy, startedAt, breachedAt, settledAt, outcome, userId }) => ({
    metric,
    cycle,
    policyId: policy.id,
    startedAt,
    breachedAt,
    settledAt,
    outcome,
    userId,
  }));
}

describe("the clocks of a ticket", () => {
  test(
    "say what somebody says who watches a clock on the wall, whatever happens",
    () => {
      fc.assert(
        fc.property(anyHistory, ({ events, end }) => {
          const folded = elapse(events.reduce(advance, beginClocks(TICKET, null)), end);
          expect(promisesOf(folded)).toEqual(watchTheClock(TICKET, events, end));
        }),
        { numRuns: 400 },
      );
    },
    TIMEOUT_MS,
  );

  test(
    "say the same however often, and whenever, somebody has looked between",
    () => {
      fc.assert(
        fc.property(anyHistory, fc.array(fc.nat(100), { maxLength: 30 }), ({ events, end }, looks) => {
          const first = events[0]?.at ?? 0;
          const times = looks.map((look) => first + (look / 100) * (end - first)).toSorted((a, b) => a - b);
          let ticket = beginClocks(TICKET, null);
          for (const event of events) {
            for (const at of times.splice(0, times.filter((time) => time <= event.at).length)) {
              ticket = elapse(elapse(ticket, at), at);
            }
            ticket = advance(ticket, event);
          }
          expect(promisesOf(elapse(ticket, end))).toEqual(
            promisesOf(elapse(events.reduce(advance, beginClocks(TICKET, null)), end)),
          );
        }),
        { numRuns: 600 },
      );
    },
    TIMEOUT_MS,
  );

  test("run from the beginning, and a response is in time up to its last millisecond", () => {
    const rules = rulesOf(PROMISE);
    expect(shown(play(rules, []))).toMatchObject([
      { metric: "FIRST_RESPONSE", due: 1, outcome: null },
      { metric: "RESOLUTION", due: 4, outcome: null },
    ]);
    expect(shown(play(rules, [[1, answered]]))[0]).toMatchObject({ outcome: "MET", settled: 1, breached: null });
    const late = shown(play(rules, [[1 + 1 / HOUR_MS, answered]]))[0];
    expect(late).toMatchObject({ outcome: "BREACHED", breached: 1, late: 1 / HOUR_MS });
  });

  test("wait for the next response once the first is there, from the first message that has none", () => {
    const ticket = play(rulesOf(PROMISE), [
      [0.5, answered],
      [2, wrote],
      [2.5, wrote],
      [4, answered],
      [5, answered],
    ]);
    expect(shown(ticket).filter(({ metric }) => metric === "NEXT_RESPONSE")).toMatchObject([
      { cycle: 1, due: 3, breached: 3, settled: 4, late: 1, outcome: "BREACHED" },
    ]);
  });

  test("stand still in the statuses that pause them", () => {
    const ticket = play(rulesOf(PROMISE), [
      [0.25, to("WAITING_CUSTOMER")],
      [10, to("OPEN")],
    ]);
    expect(shown(ticket)).toMatchObject([
      { due: 10.75, paused: null },
      { due: 13.75, paused: null },
    ]);
    const waiting = play(rulesOf(PROMISE), [[0.25, to("WAITING_CUSTOMER")]]);
    expect(shown(waiting)[0]).toMatchObject({ due: null, paused: 0.25 });
  });

  test("begin anew when the ticket is reopened, and what was not answered by its end came to nothing", () => {
    const ticket = play(rulesOf(PROMISE), [
      [0.5, to("RESOLVED")],
      [0.75, to("CLOSED")],
      [2, to("OPEN")],
      [2, wrote],
      [3, answered],
      [7, to("RESOLVED")],
    ]);
    expect(shown(ticket)).toMatchObject([
      { metric: "FIRST_RESPONSE", cycle: 1, outcome: "CANCELLED", settled: 0.5 },
      { metric: "RESOLUTION", cycle: 1, outcome: "MET", settled: 0.5 },
      { metric: "RESOLUTION", cycle: 2, outcome: "BREACHED", breached: 6, settled: 7 },
      { metric: "FIRST_RESPONSE", cycle: 2, outcome: "MET", settled: 3 },
    ]);
  });

  test("come to nothing when the work goes on in another ticket", () => {
    expect(shown(play(rulesOf(PROMISE), [[0.5, to("CLOSED", true)]]))).toMatchObject([
      { outcome: "CANCELLED" },
      { outcome: "CANCELLED" },
    ]);
  });

  test("are stopped by what the AI writes only where the policy says so", () => {
    const auto: Happening = { kind: "answered", isAuto: true, userId: null };
    expect(shown(play(rulesOf(PROMISE), [[0.5, auto]]))[0]).toMatchObject({ outcome: "MET" });
    const strict = rulesOf({ ...PROMISE, autoRepliesCount: false });
    expect(shown(play(strict, [[0.5, auto]]))[0]).toMatchObject({ outcome: null, due: 1 });
  });

  test("go by the target of the ticket's priority, from the beginning, and are missed at the earliest when it changes", () => {
    const rules = rulesOf({
      targets: { ...PROMISE.targets, byPriority: { URGENT: { firstResponseSeconds: 600, resolutionSeconds: 7_200 } } },
    });
    const ticket = play(rules, [[0.5, { kind: "priority", priority: "URGENT" }]]);
    expect(shown(ticket)).toMatchObject([
      { due: 1 / 6, breached: 0.5 },
      { due: 2, breached: null },
    ]);
    const back = play(rules, [
      [0.5, { kind: "priority", priority: "URGENT" }],
      [0.75, { kind: "priority", priority: "NORMAL" }],
      [0.8, answered],
    ]);
    expect(shown(back)[0]).toMatchObject({ outcome: "MET", breached: null });
  });

  test("go by the rules that hold, and what was settled before stays as it was", () => {
    const shorter = rulesOf({ targets: { default: { firstResponseSeconds: 60, resolutionSeconds: 3_600 } } });
    const ticket = play(rulesOf(PROMISE), [
      [0.75, answered],
      [2, { kind: "rules", rules: shorter }],
    ]);
    expect(shown(ticket)).toMatchObject([{ outcome: "MET" }, { due: 1, breached: 2 }]);
  });

  test("begin when there are rules, for tickets that are older", () => {
    const before = beginClocks(TICKET, null);
    const events: ClockEvent[] = [
      { kind: "opened", at: START },
      { kind: "rules", at: START + 10 * HOUR_MS, rules: rulesOf(PROMISE) },
    ];
    expect(shown(events.reduce(advance, before))).toMatchObject([{ due: 11 }, { due: 14 }]);
  });

  test("count in the company's hours, in its time zone, without its holidays", () => {
    const hours = { monday: [{ from: "09:00", to: "10:00" }], tuesday: [{ from: "09:00", to: "12:00" }] };
    const rules = rulesOf(
      { targets: { default: { firstResponseSeconds: 2 * 3_600 } }, clock: "BUSINESS_HOURS" },
      { timeZone: "Europe/Paris", businessHours: hours, holidays: [{ date: "2026-01-06" }] },
    );
    // Monday 8:00 UTC is 9:00 in Paris; the next Tuesday is a holiday, so the second hour is that of the next Monday.
    expect(shown(play(rules, []))).toMatchObject([{ due: 7 * 24 + 1 }]);
  });

  test("cost as much as the log is long, however often the customer has waited", () => {
    const events = Array.from({ length: 60_000 }, (_empty, index): ClockEvent => {
      const happened: Happening = index % 2 === 0 ? wrote : answered;
      return { ...happened, at: START + index };
    });
    const opened: ClockEvent = { kind: "opened", at: START };
    const ticket = [opened, ...events].reduce(advance, beginClocks(TICKET, rulesOf(PROMISE)));
    expect(clocksOf(ticket).length).toBe(30_001);
  });
});
