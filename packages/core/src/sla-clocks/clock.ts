import { addWorkingTime, workingTimeBetween, type WorkCalendar } from "@parley/calendar";
import type { SlaMetric, TicketStatus } from "@parley/db";
import type { Policy } from "./rules.ts";

/** One promise about a ticket. Times are milliseconds since 1970. */
export interface Clock {
  metric: SlaMetric;
  /** Counts the promises of the metric. */
  cycle: number;
  /** Counts all promises of the ticket, in the order in which they began. */
  place: number;
  /** By which it is judged, or was when it was settled. */
  policy: Policy;
  targetMs: number;
  startedAt: number;
  /** Used of the target up to `runningFrom`. */
  usedMs: number;
  /** Null while it is paused. */
  runningFrom: number | null;
  pausedAt: number | null;
  /** The last instant that is in time; null while it is paused, unless all of the target is used. */
  dueAt: number | null;
  /** When it was missed. */
  breachedAt: number | null;
  settledAt: number | null;
  outcome: "MET" | "BREACHED" | "CANCELLED" | null;
  /** By how much it was late when it was settled. */
  lateMs: number | null;
  /** To whose account it goes. */
  userId: string | null;
  teamId: string | null;
}

/** Who has a ticket. */
export interface Holder {
  userId: string | null;
  teamId: string | null;
}

/** A ticket's statuses, each with the time from which on it had it. */
export type Statuses = readonly { at: number; status: TicketStatus }[];

export function isOpen({ settledAt }: Clock): boolean {
  return settledAt === null;
}

/** A promise that begins at the last of the ticket's statuses. */
export function startClock(
  promise: Pick<Clock, "metric" | "cycle" | "place" | "policy" | "targetMs">,
  at: number,
  statuses: Statuses,
): Clock {
  const clock: Clock = {
    ...promise,
    startedAt: at,
    usedMs: 0,
    runningFrom: null,
    pausedAt: null,
    dueAt: null,
    breachedAt: null,
    settledAt: null,
    outcome: null,
    lateMs: null,
    userId: null,
    teamId: null,
  };
  return judgeAnew(clock, promise, at, statuses.slice(-1));
}

/** An open clock by other rules, from its beginning. Missed by those alone, it was missed when they came. */
export function judgeAnew(
  clock: Clock,
  { policy, targetMs }: Pick<Clock, "policy" | "targetMs">,
  at: number,
  statuses: Statuses,
): Clock {
  const { calendar, pauseIn } = policy;
  let usedMs = 0;
  let runningFrom: number | null = null;
  let pausedAt: number | null = null;
  let dueAt: number | null = null;
  for (const { from, until, status } of spansSince(statuses, clock.startedAt)) {
    if (pauseIn.has(status)) {
      runningFrom = null;
      pausedAt ??= from;
      continue;
    }
    pausedAt = null;
    runningFrom = from;
    const wouldBeDue: number = dueAt ?? addTime(calendar, from, targetMs - usedMs);
    if (until === null || wouldBeDue <= until) dueAt = wouldBeDue;
    if (until !== null) usedMs += timeBetween(calendar, from, until);
  }
  const isMissed = dueAt !== null && dueAt < at;
  const breachedAt = isMissed ? (clock.breachedAt ?? at) : null;
  return { ...clock, policy, targetMs, usedMs, runningFrom, pausedAt, dueAt, breachedAt };
}

/** An open clock as the ticket's new status has it: paused, resumed, or going on. */
export function followStatus(clock: Clock, status: TicketStatus, at: number): Clock {
  const { policy, targetMs, runningFrom, breachedAt } = clock;
  const isPaused = policy.pauseIn.has(status);
  if (isPaused === (runningFrom === null)) return clock;
  const usedMs = usedBy(clock, at);
  // What has used all of its target stays due when that was.
  const isSpent = breachedAt !== null || usedMs >= targetMs;
  if (isPaused) {
    return { ...clock, usedMs, runningFrom: null, pausedAt: at, dueAt: isSpent ? clock.dueAt : null };
  }
  const dueAt = isSpent ? clock.dueAt : addTime(policy.calendar, at, targetMs - usedMs);
  return { ...clock, usedMs, runningFrom: at, pausedAt: null, dueAt };
}

/** A clock for which so much time has passed. Who has the ticket when it is missed has missed it. */
export function elapseClock(clock: Clock, at: number, { userId, teamId }: Holder): Clock {
  const { dueAt } = clock;
  const isMissed = isOpen(clock) && clock.breachedAt === null && dueAt !== null && dueAt < at;
  return isMissed ? { ...clock, breachedAt: dueAt, userId, teamId } : clock;
}

/** Done: in time, or late. What was missed stays with whoever missed it. */
export function settleClock(clock: Clock, at: number, { userId, teamId }: Holder): Clock {
  if (clock.breachedAt === null) return { ...clock, settledAt: at, outcome: "MET", userId, teamId };
  return { ...clock, settledAt: at, outcome: "BREACHED", lateMs: lateBy(clock, at) };
}

/** Nothing is to be done any more. What was missed was missed. */
export function cancelClock(clock: Clock, at: number): Clock {
  if (clock.breachedAt === null) return { ...clock, settledAt: at, outcome: "CANCELLED" };
  return { ...clock, settledAt: at, outcome: "BREACHED", lateMs: lateBy(clock, at) };
}

/** How much of the target has been used. */
export function usedBy({ policy, usedMs, runningFrom }: Clock, at: number): number {
  return runningFrom === null || at <= runningFrom ? usedMs : usedMs + timeBetween(policy.calendar, runningFrom, at);
}

export function lateBy(clock: Clock, at: number): number {
  return Math.max(0, usedBy(clock, at) - clock.targetMs);
}

/** When so much of the target is used, in percent, if the clock goes on; null while it is paused. */
export function usedAt({ policy, targetMs, usedMs, runningFrom }: Clock, percent: number): number | null {
  if (runningFrom === null) return null;
  return addTime(policy.calendar, runningFrom, Math.floor((targetMs * percent) / 100) - usedMs);
}

/** So much later by the policy's clock; of nothing, or less, the same time. */
export function addTime(calendar: WorkCalendar, at: number, ms: number): number {
  return ms <= 0 ? at : addWorkingTime(calendar, new Date(at), ms).getTime();
}

function timeBetween(calendar: WorkCalendar, from: number, to: number): number {
  return workingTimeBetween(calendar, new Date(from), new Date(to));
}

function spansSince(statuses: Statuses, start: number): { from: number; until: number | null; status: TicketStatus }[] {
  const spans: { from: number; until: number | null; status: TicketStatus }[] = [];
  for (const [index, { at, status }] of statuses.entries()) {
    const until = statuses[index + 1]?.at ?? null;
    if (until === null || until > start) spans.push({ from: Math.max(at, start), until, status });
  }
  return spans;
}
