import type { SlaState } from "@parley/db";
import {
  addTime,
  clocksOf,
  elapseClock,
  isOpen,
  lateBy,
  usedAt,
  usedBy,
  type Clock,
  type Escalation,
  type TicketClocks,
} from "../sla-clocks/index.ts";
import { toTimerRow, type TimerRow, type Told } from "./timer-row.ts";

const SECOND_MS = 1_000;

/** Something to be told about a ticket. */
export interface SlaNews {
  type: "SLA_WARNING" | "SLA_BREACHED" | "SLA_RESTORED";
  data: Record<string, unknown>;
}

/** What is to be done about a clock, at its policy's word. */
export interface DueStep {
  clock: Pick<Clock, "metric" | "startedAt" | "policy">;
  step: Escalation;
  /** Since when, in milliseconds since 1970. */
  dueAt: number;
}

/** What is to be written about a ticket, so that what is stored says what its log does. */
export interface Verdict {
  /** Of every clock. */
  rows: TimerRow[];
  /** Whose number no clock has any more, because an answer was taken back. */
  gone: TimerRow[];
  news: SlaNews[];
  steps: DueStep[];
  state: SlaState;
}

/**
 * Compares what follows from a ticket's log with what is stored. `decides`: everything that was written until `now` is in
 * the log, so what is not there has not happened; without it nothing is said that only the time says.
 */
export function weighTicket(
  folded: TicketClocks,
  stored: readonly TimerRow[],
  { now, decides }: { now: number; decides: boolean },
): Verdict {
  const { pairs, unpaired } = pairUp(clocksOf(folded), stored);
  const weighed = pairs.map(({ clock, before }) => {
    // What was decided to be missed is so, unless the log says otherwise by now.
    const isDecided = decides || (before?.breachedAt ?? null) !== null;
    return weighClock(isDecided ? elapseClock(clock, now, folded.holder) : clock, before, { now, decides });
  });
  const numbers = new Set(pairs.map(({ clock }) => numberOf(clock)));
  return {
    rows: weighed.map(({ row }) => row),
    gone: stored.filter((row) => !numbers.has(numberOf(row))),
    news: [
      ...unpaired.flatMap((row) => (isMissing(row) ? [restored(row, { because: "changed" })] : [])),
      ...weighed.flatMap(({ news }) => news),
    ],
    steps: weighed.flatMap(({ steps }) => steps),
    state: worstOf(weighed.map(({ state }) => state)),
  };
}

/**
 * Which row was stored of which clock. They have their beginning in common and not their number: when an answer is taken
 * back, the promises after it count anew, and what was told of one must not be taken for told of another.
 */
function pairUp(
  clocks: readonly Clock[],
  stored: readonly TimerRow[],
): { pairs: { clock: Clock; before: TimerRow | undefined }[]; unpaired: TimerRow[] } {
  const left = Map.groupBy(
    stored.toSorted((first, second) => first.cycle - second.cycle),
    beginningOf,
  );
  const pairs = clocks.map((clock) => ({ clock, before: left.get(beginningOf(clock))?.shift() }));
  return { pairs, unpaired: [...left.values()].flat() };
}

interface WeighedClock {
  row: TimerRow;
  news: SlaNews[];
  steps: DueStep[];
  state: SlaState;
}

function weighClock(
  clock: Clock,
  before: TimerRow | undefined,
  { now, decides }: { now: number; decides: boolean },
): WeighedClock {
  const { told, dueAt, news, steps } = isOpen(clock)
    ? weighOpen(clock, before, { now, decides })
    : { told: toldBefore(before), dueAt: null, news: [], steps: [] };
  const row = toTimerRow(clock, told, dueAt);
  return { row, news: [...newsOf(row, before, clock, now), ...news], steps, state: stateOf(clock, told) };
}

/** What is due about a clock that is open, and what will be next. */
function weighOpen(
  clock: Clock,
  before: TimerRow | undefined,
  { now, decides }: { now: number; decides: boolean },
): { told: Told; dueAt: number | null; news: SlaNews[]; steps: DueStep[] } {
  const stepsOn = (on: Escalation["on"]): Escalation[] =>
    clock.policy.escalations.filter((step) => step.on === on && (step.metrics?.includes(clock.metric) ?? true));
  const told = toldBefore(before);
  if (clock.breachedAt !== null) {
    const { breachedAt, policy } = clock;
    const waiting = stepsOn("breach")
      .filter(({ afterSeconds }) => told.escalatedSeconds === null || afterSeconds > told.escalatedSeconds)
      .map((step) => ({ step, at: addTime(policy.calendar, breachedAt, step.afterSeconds * SECOND_MS) }));
    const due = decides ? waiting.filter(({ at }) => at < now) : [];
    const escalatedSeconds = due.reduce<number | null>(
      (last, { step }) => Math.max(last ?? 0, step.afterSeconds),
      told.escalatedSeconds,
    );
    return {
      told: { ...told, escalatedSeconds },
      dueAt: earliest(waiting.filter((each) => !due.includes(each)).map(({ at }) => at)),
      news: [],
      steps: due.map(({ step, at }) => ({ clock, step, dueAt: at })),
    };
  }
  const { warnAtPercent } = clock.policy;
  // Of a target that has become longer, somebody may have to be warned again.
  const isUsed = warnAtPercent !== null && usedBy(clock, now) >= Math.floor((clock.targetMs * warnAtPercent) / 100);
  const warnedAt = isUsed ? told.warnedAt : null;
  const warnAt = warnAtPercent === null || warnedAt !== null ? null : usedAt(clock, warnAtPercent);
  const isWarning = decides && warnAt !== null && warnAt < now;
  return {
    told: { warnedAt: isWarning ? now : warnedAt, escalatedSeconds: null },
    dueAt: earliest([clock.dueAt, isWarning ? null : warnAt]),
    news: isWarning ? [warning(clock, now)] : [],
    steps: isWarning ? stepsOn("warning").map((step) => ({ clock, step, dueAt: warnAt })) : [],
  };
}

/** What became of it since it was stored: missed, done late, or not missed any more. */
function newsOf(row: TimerRow, before: TimerRow | undefined, clock: Clock, now: number): SlaNews[] {
  const news: SlaNews[] = [];
  const wasMissed = before !== undefined && before.breachedAt !== null;
  const isMissed = row.breachedAt !== null;
  if (isMissed && !wasMissed) {
    news.push({
      type: "SLA_BREACHED",
      data: { ...about(row), dueAt: timeOf(row.breachAt), lateMs: lateBy(clock, now) },
    });
  }
  if (isMissed && row.settledAt !== null && (before?.settledAt ?? null) === null) {
    news.push(restored(row, { lateMs: row.lateMs }));
  }
  if (!isMissed && before && isMissing(before)) news.push(restored(row, { because: "changed" }));
  return news;
}

function warning(clock: Clock, now: number): SlaNews {
  const remainingMs = Math.max(0, clock.targetMs - usedBy(clock, now));
  const row = { metric: clock.metric, cycle: clock.cycle, policyId: clock.policy.id };
  return { type: "SLA_WARNING", data: { ...about(row), dueAt: timeOf(clock.dueAt), remainingMs } };
}

function restored(row: TimerRow, how: Record<string, unknown>): SlaNews {
  return { type: "SLA_RESTORED", data: { ...about(row), ...how } };
}

function about({ metric, cycle, policyId }: Pick<TimerRow, "metric" | "cycle" | "policyId">) {
  return { metric: metric.toLowerCase(), cycle, policyId };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function isMissing({ breachedAt, settledAt }: TimerRow): boolean {
  return breachedAt !== null && settledAt === null;
}

function toldBefore(before: TimerRow | undefined): Told {
  return { warnedAt: before?.warnedAt ?? null, escalatedSeconds: before?.escalatedSeconds ?? null };
}

function stateOf(clock: Clock, { warnedAt }: Told): SlaState {
  if (!isOpen(clock)) return "NONE";
  if (clock.breachedAt !== null) return "BREACHED";
  if (warnedAt !== null) return "AT_RISK";
  return clock.runningFrom === null ? "PAUSED" : "ON_TRACK";
}

const FROM_WORST: readonly SlaState[] = ["BREACHED", "AT_RISK", "ON_TRACK", "PAUSED"];

function worstOf(states: readonly SlaState[]): SlaState {
  return FROM_WORST.find((state) => states.includes(state)) ?? "NONE";
}

function earliest(times: readonly (number | null)[]): number | null {
  return times.reduce<number | null>(
    (first, at) => (at === null ? first : first === null ? at : Math.min(first, at)),
    null,
  );
}

function numberOf({ metric, cycle }: Pick<TimerRow, "metric" | "cycle">): string {
  return `${metric} ${cycle}`;
}

function beginningOf({ metric, startedAt }: Pick<TimerRow, "metric" | "startedAt">): string {
  return `${metric} ${startedAt}`;
}
