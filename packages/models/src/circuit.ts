import type { Clock } from "@parley/runtime";

/** Keeps questions from a model that does not answer. Its state is this process's. */
export interface Circuit {
  /** Whether to ask now. Once the pause is over, one question in each further pause is let through as a trial. */
  admits(): boolean;
  /** It answered, be it with a refusal. */
  succeeded(): void;
  failed(): void;
}

export interface Circuits {
  /** One key, one model of one company: what one does wrong is not the other's trouble. */
  of(key: string): Circuit;
}

interface Trouble {
  failures: number;
  pausedUntil: number;
}

/** Circuits that open after `failures` in a row, for `pauseMs` each time. Only those in trouble are remembered. */
export function createCircuits(options: { clock: Clock; failures?: number; pauseMs?: number }): Circuits {
  const { clock, failures: most = 5, pauseMs = 30_000 } = options;
  const troubles = new Map<string, Trouble>();
  const pauseFromNow = (): number => clock.now().getTime() + pauseMs;

  return {
    of: (key) => ({
      admits() {
        const trouble = troubles.get(key);
        if (!trouble || trouble.failures < most) return true;
        if (clock.now().getTime() < trouble.pausedUntil) return false;
        // The trial's own pause: if its outcome is never told, another one follows after it.
        trouble.pausedUntil = pauseFromNow();
        return true;
      },
      succeeded: () => void troubles.delete(key),
      failed() {
        const failures = (troubles.get(key)?.failures ?? 0) + 1;
        troubles.set(key, { failures, pausedUntil: pauseFromNow() });
      },
    }),
  };
}
