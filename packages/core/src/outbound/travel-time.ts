/** How much longer a call took than one that goes through without delay. */
export interface TravelTime {
  /** `tookMs` is from before the departure until the answer. Returns milliseconds. */
  excess(tookMs: number): number;
}

/** The fastest is remembered for one to two of these, because routes change. */
const SPAN_MS = 10_000;

/**
 * What arrives when is known by the provider only. But a call that took as long as the fastest one was not held up on
 * its way, and one that took longer was held up by at most the difference. Until a first span is over, the fastest is
 * taken to need no time at all: what is the first to go through new connections is slow.
 */
export function createTravelTime(now: () => number = () => performance.now()): TravelTime {
  let fastestBefore = 0;
  let fastest = Infinity;
  let spanEndsAt = now() + SPAN_MS;

  return {
    excess(tookMs) {
      const lateMs = now() - spanEndsAt;
      if (lateMs >= 0) {
        fastestBefore = lateMs < SPAN_MS ? fastest : Infinity;
        fastest = Infinity;
        spanEndsAt = now() + SPAN_MS;
      }
      fastest = Math.min(fastest, tookMs);
      return tookMs - Math.min(fastest, fastestBefore);
    },
  };
}
