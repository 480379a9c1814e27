/** How to stop what was started, in the reverse order. */
export interface UndoStack {
  add(started: { stop(): Promise<unknown>; kill(): unknown }): void;
  /** Stops everything, one after the other; what fails to stop is killed. */
  run(): Promise<void>;
  /** Kills everything that still runs, at once. */
  kill(): void;
}

export function createUndoStack(): UndoStack {
  const started: { stop(): Promise<unknown>; kill(): unknown }[] = [];

  return {
    add: (entry) => void started.push(entry),
    async run() {
      // Popped only when stopped, so that `kill` still finds the one that does not stop.
      for (let entry = started.at(-1); entry; entry = started.at(-1)) {
        try {
          await entry.stop();
        } catch {
          entry.kill();
        }
        started.splice(started.indexOf(entry), 1);
      }
    },
    kill() {
      for (const entry of started) entry.kill();
    },
  };
}
