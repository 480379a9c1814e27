import type { TimerHandler } from "./fire-timer.ts";
import { TIMER_KINDS, type TimerKind } from "./kinds.ts";

const never: TimerHandler = () => Promise.reject(new Error("no such timer is set in this test"));

/** Handlers of a test in which only some timers are set. */
export function onlyTimers(handlers: Partial<Record<TimerKind, TimerHandler>>): Record<TimerKind, TimerHandler> {
  const all = Object.fromEntries(TIMER_KINDS.map((kind) => [kind, never]));
  // Object.fromEntries forgets which keys there are.
  return { ...(all as Record<TimerKind, TimerHandler>), ...handlers };
}
