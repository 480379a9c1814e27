export { createTimerHandlers, type TimerHandler } from "./fire-timer.ts";
export type { TimerKey, TimerKind } from "./kinds.ts";
export { createTimerLoader } from "./load-timers.ts";
export { cancelTimer, setTimer } from "./set-timer.ts";
export { setDueTimers, setTimers, setTimersUnlessSet, type DueTimer } from "./set-timers.ts";
export { timerQueue } from "./timer-queue.ts";
