import type { SlaMetric, SlaTimerState } from "@parley/db";
import { isOpen, usedBy, type Clock } from "../sla-clocks/index.ts";

/** What was done about a clock: it is told once. Everything else about it follows from the log. */
export interface Told {
  warnedAt: number | null;
  escalatedSeconds: number | null;
}

/** A promise as `sla_timer` has it; times are milliseconds since 1970. */
export interface TimerRow extends Told {
  metric: SlaMetric;
  cycle: number;
  policyId: string;
  revision: number;
  state: SlaTimerState;
  startedAt: number;
  targetMs: number;
  breachAt: number | null;
  pausedAt: number | null;
  remainingMs: number | null;
  breachedAt: number | null;
  settledAt: number | null;
  decidedAt: number | null;
  lateMs: number | null;
  userId: string | null;
  teamId: string | null;
  /** When something happens next, by itself. */
  dueAt: number | null;
}

export function toTimerRow(clock: Clock, told: Told, dueAt: number | null): TimerRow {
  const { metric, cycle, policy, startedAt, targetMs, pausedAt, breachedAt, settledAt, lateMs, userId, teamId } = clock;
  const isPaused = isOpen(clock) && clock.runningFrom === null;
  return {
    metric,
    cycle,
    policyId: policy.id,
    revision: policy.revision,
    state: stateOf(clock),
    startedAt,
    targetMs,
    breachAt: clock.dueAt,
    pausedAt: isPaused ? pausedAt : null,
    remainingMs: isPaused && breachedAt === null ? Math.max(0, targetMs - usedBy(clock, startedAt)) : null,
    breachedAt,
    settledAt,
    decidedAt: clock.outcome === "MET" ? settledAt : breachedAt,
    lateMs,
    userId,
    teamId,
    dueAt,
    ...told,
  };
}

function stateOf(clock: Clock): SlaTimerState {
  if (clock.outcome !== null) return clock.outcome;
  if (clock.breachedAt !== null) return "BREACHED";
  return clock.runningFrom === null ? "PAUSED" : "RUNNING";
}
