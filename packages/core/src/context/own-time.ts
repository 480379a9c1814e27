import { systemClock, type Clock } from "@parley/runtime";

/**
 * For SQL that says `coalesce($n, clock_timestamp())`. What decides about time is timed by PostgreSQL, whose clock is one for
 * all processes, whatever happens to theirs; only a clock that tests hold says its own time.
 */
export function ownTime(clock: Clock): Date | null {
  return clock === systemClock ? null : clock.now();
}
