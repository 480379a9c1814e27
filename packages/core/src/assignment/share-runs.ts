/**
 * Runs `run` for a key at most once at a time. Who comes during a run waits for the next one, which begins after they came;
 * who comes while somebody waits already leaves it to them and returns at once. So however many come, two are under way
 * for a key, and one key's flood takes no places from the others. A failure is that of who began the run.
 */
export function shareRuns(run: (key: string) => Promise<unknown>): (key: string) => Promise<void> {
  const running = new Map<string, Promise<unknown>>();
  const waiting = new Set<string>();

  return async (key) => {
    if (waiting.has(key)) return;
    const before = running.get(key);
    if (before) {
      waiting.add(key);
      await Promise.allSettled([before]);
      waiting.delete(key);
    }
    const own = run(key);
    running.set(key, own);
    try {
      await own;
    } finally {
      if (running.get(key) === own) running.delete(key);
    }
  };
}
