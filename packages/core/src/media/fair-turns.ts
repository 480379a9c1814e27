/** Turns for those who share a few places: nobody has more than a part of them, whatever they wait for. */
export interface FairTurns {
  /** A turn now, to be ended; or in how many milliseconds to ask again, each who asks a little later. */
  begin(key: string): { end(): void } | { waitMs: number };
}

interface Share {
  active: number;
  /** When the next one who waits may come, by the clock below. */
  nextAt: number;
  /** How long a turn took lately. */
  meanMs: number;
}

const FIRST_GUESS_MS = 500;
/** How much the latest turn says of the next. */
const WEIGHT = 0.2;

/** `most` turns at once of each key. `clock` counts milliseconds. */
export function createFairTurns({
  most,
  clock = () => performance.now(),
}: {
  most: number;
  clock?: () => number;
}): FairTurns {
  const shares = new Map<string, Share>();

  function end(key: string, share: Share, begunAt: number): void {
    share.active -= 1;
    share.meanMs += WEIGHT * (clock() - begunAt - share.meanMs);
    if (share.active === 0 && share.nextAt <= clock()) shares.delete(key);
  }

  return {
    begin(key) {
      const share = shares.get(key) ?? { active: 0, nextAt: 0, meanMs: FIRST_GUESS_MS };
      shares.set(key, share);
      const now = clock();
      if (share.active >= most) {
        share.nextAt = Math.max(share.nextAt, now) + share.meanMs / most;
        return { waitMs: share.nextAt - now };
      }
      share.active += 1;
      let isOver = false;
      return {
        end() {
          if (!isOver) end(key, share, now);
          isOver = true;
        },
      };
    },
  };
}
