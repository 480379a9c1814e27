import type { Clock } from "@parley/runtime";

/** A clock that stands still until it is told otherwise. */
export interface VirtualClock extends Clock {
  advance(ms: number): void;
  set(at: Date): void;
}

/** Starts at the real time by default, because the database has defaults of its own clock. */
export function virtualClock(start: Date = new Date()): VirtualClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance: (ms) => void (now += ms),
    set: (at) => void (now = at.getTime()),
  };
}
