/** What Meta lets through. `false` switches a limit off. */
export interface Limits {
  /** Messages that a phone number may have accepted in any sliding second (Meta: 80, error 130429). */
  throughputPerSecond: number | false;
  /** Messages to one user: one each `intervalMs`, with `burst` on credit (Meta: 6 s, 45, error 131056). */
  pair: { intervalMs: number; burst: number } | false;
}

export const META_LIMITS: Limits = { throughputPerSecond: 80, pair: { intervalMs: 6_000, burst: 45 } };

export interface Limiter {
  /** Charges both limits when both allow the message; else charges nothing and returns the error code. */
  admit(phoneNumberId: string, user: string, at: number): 130429 | 131056 | undefined;
  clear(): void;
}

/** The last `size` times, in a circle: the one about to be overwritten is the oldest. */
interface RecentTimes {
  times: Float64Array;
  next: number;
}

export function createLimiter(limits: Limits): Limiter {
  const recentByNumber = new Map<string, RecentTimes>();
  /** GCRA: when the pair's credit is whole again ("theoretical arrival time"). */
  const restoredAtByPair = new Map<string, number>();

  function recentTimes(phoneNumberId: string, size: number): RecentTimes {
    let recent = recentByNumber.get(phoneNumberId);
    if (!recent) {
      recent = { times: new Float64Array(size).fill(-Infinity), next: 0 };
      recentByNumber.set(phoneNumberId, recent);
    }
    return recent;
  }

  return {
    admit(phoneNumberId, user, at) {
      const size = limits.throughputPerSecond;
      const recent = size === false ? undefined : recentTimes(phoneNumberId, size);
      if (recent && at - (recent.times[recent.next] ?? Infinity) < 1000) return 130429;

      if (limits.pair) {
        const { intervalMs, burst } = limits.pair;
        const pair = `${phoneNumberId}/${user}`;
        const restoredAt = Math.max(restoredAtByPair.get(pair) ?? at, at) + intervalMs;
        if (restoredAt - at > intervalMs * burst) return 131056;
        restoredAtByPair.set(pair, restoredAt);
      }
      if (recent) {
        recent.times[recent.next] = at;
        recent.next = (recent.next + 1) % recent.times.length;
      }
      return undefined;
    },
    clear() {
      recentByNumber.clear();
      restoredAtByPair.clear();
    },
  };
}
