import { TicketPriority, TicketStatus } from "@parley/db";
import * as fc from "fast-check";
import type { ClockEvent } from "./clock-event.ts";
import { compileRules } from "./compile-rules.ts";
import { MINUTE_MS } from "./naive-clocks.fixture.ts";
import type { SlaRules } from "./rules.ts";

/** A Friday, in the week before clocks change in Europe. */
export const START = Date.parse("2026-03-27T00:00:00Z");
/** Until some minutes of so long after the start something happens. */
const MINUTES = 3 * 24 * 60;

const minute = fc.oneof(
  { weight: 3, arbitrary: fc.nat(MINUTES / 30).map((half) => half * 30) },
  { weight: 1, arbitrary: fc.nat(MINUTES) },
);
const targetMinutes = fc.oneof(
  fc.integer({ min: 1, max: 90 }),
  fc.integer({ min: 1, max: 24 }).map((n) => n * 60),
);
const targets = fc.record(
  Object.fromEntries(
    (["firstResponseSeconds", "nextResponseSeconds", "resolutionSeconds"] as const).map((field) => [
      field,
      targetMinutes.map((minutes) => minutes * 60),
    ]),
  ),
  { requiredKeys: [] },
);
const hours = fc.constantFrom<Record<string, { from: string; to: string }[]>>(
  {},
  {
    friday: [
      { from: "09:00", to: "12:00" },
      { from: "13:00", to: "17:30" },
    ],
    saturday: [{ from: "00:00", to: "24:00" }],
    monday: [{ from: "08:00", to: "18:00" }],
  },
  { sunday: [{ from: "01:00", to: "04:30" }], friday: [{ from: "22:00", to: "24:00" }] },
);
const policy = fc.record({
  id: fc.uuid(),
  match: fc.record(
    {
      tags: fc.constant(["vip"]),
      priorities: fc.uniqueArray(fc.constantFrom(...Object.values(TicketPriority)), { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  clock: fc.constantFrom("CALENDAR", "BUSINESS_HOURS"),
  hours: fc.option(hours),
  targets: fc.record({ default: targets, byPriority: fc.record({ URGENT: targets }, { requiredKeys: [] }) }),
  pauseIn: fc.subarray(["PENDING", "WAITING_CUSTOMER", "ESCALATED"]),
  warnAtPercent: fc.constant(null),
  autoRepliesCount: fc.boolean(),
  escalations: fc.constant([]),
});
const definition = fc.record({
  plan: fc.constant("PRO"),
  timeZone: fc.constantFrom("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"),
  businessHours: hours,
  holidays: fc.constantFrom([], [{ date: "2026-03-28" }]),
  policies: fc.array(policy, { maxLength: 3 }),
  autoClose: fc.constant([]),
});

const statuses = fc.constantFrom(...Object.values(TicketStatus));
const userId = fc.constantFrom("ann", "bob");
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "customer_wrote" } as const) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("answered" as const), isAuto: fc.boolean(), userId: fc.option(userId) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("status" as const), status: statuses, isMerge: fc.constant(false) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("priority" as const),
      priority: fc.constantFrom(...Object.values(TicketPriority)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tags" as const), tags: fc.subarray(["vip", "returns"]) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("holder" as const),
      holder: fc.record({ userId: fc.option(userId), teamId: fc.constant(null) }),
    }),
  },
);

/** What may happen to a ticket, in its order, with the rules that hold from the beginning and those that come later. */
export const anyHistory = fc
  .record({
    openedAt: fc.nat(24 * 60),
    first: definition,
    later: fc.array(fc.tuple(minute, definition), { maxLength: 2 }),
    happened: fc.array(fc.tuple(minute, happening), { maxLength: 14 }),
  })
  .map(({ openedAt, first, later, happened }) => {
    const at = (minutes: number): number => START + (openedAt + minutes) * MINUTE_MS;
    const revisions: SlaRules[] = [[0, first] as const, ...later.toSorted(([a], [b]) => a - b)].map(
      ([minutes, each], index) =>
        compileRules({ revision: index + 1, effectiveAt: new Date(at(minutes)), definition: each }),
    );
    const rules = revisions.map((each): ClockEvent => ({ kind: "rules", at: each.effectiveAt, rules: each }));
    const events: ClockEvent[] = happened.map(([minutes, event]) => ({ ...event, at: at(minutes) }));
    const opened: ClockEvent = { kind: "opened", at: at(0) };
    return { events: [...rules, opened, ...events].toSorted((a, b) => a.at - b.at), end: at(MINUTES + 600) };
  });
