/** Timers that can be cancelled all at once, so that a stop or a reset leaves none behind. */
export interface Timers {
  /** Runs `action` after `delayMs`; returns how to cancel it. */
  after(delayMs: number, action: () => void): () => void;
  clear(): void;
}

export function createTimers(): Timers {
  const running = new Set<NodeJS.Timeout>();

  return {
    after(delayMs, action) {
      const timer = setTimeout(() => {
        running.delete(timer);
        action();
      }, delayMs);
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    clear() {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
