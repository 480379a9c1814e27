/** The most events that fell into any one second, kept up as they happen. */
export interface SlidingSecond {
  /** Times in milliseconds, never going back. */
  add(at: number): void;
  readonly max: number;
}

/** A window is half open: events exactly 1,000 ms apart do not share one. */
export function createSlidingSecond(): SlidingSecond {
  const times: number[] = [];
  let oldest = 0;
  let max = 0;

  return {
    add(at) {
      times.push(at);
      for (let time = times[oldest]; time !== undefined && at - time >= 1000; time = times[oldest]) oldest += 1;
      max = Math.max(max, times.length - oldest);
    },
    get max() {
      return max;
    },
  };
}
