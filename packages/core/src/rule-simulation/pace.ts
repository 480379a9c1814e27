import { setImmediate as othersHadTheirTurn } from "node:timers/promises";

/** For so long nobody else has their turn. */
const MOST_AT_ONCE_MS = 15;

/** How long work on the CPU takes that others must not wait for. */
export interface Pace {
  elapsedMs(): number;
  /** Between two steps: lets others have their turn, if they have waited long enough for it. */
  step(): Promise<void>;
}

export function startPace(nowMs: () => number = () => performance.now()): Pace {
  const startedAt = nowMs();
  let turnAt = startedAt;
  return {
    elapsedMs: () => nowMs() - startedAt,
    async step() {
      if (nowMs() - turnAt < MOST_AT_ONCE_MS) return;
      await othersHadTheirTurn();
      turnAt = nowMs();
    },
  };
}
