import type { Logger } from "./logger.ts";

/** Something that is done again and again until stopped. */
export interface Periodic {
  /** Resolves when a run that is under way has ended. */
  stop(): Promise<void>;
}

/** Runs `task` every `intervalMs`, never twice at once. A failure is logged and the next run comes as planned. */
export function runEvery(intervalMs: number, logger: Logger, name: string, task: () => Promise<unknown>): Periodic {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    try {
      await task();
    } catch (error) {
      logger.warn({ err: error, task: name }, "periodic task failed; it will be tried again");
    }
    schedule();
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      current = run();
    }, intervalMs);
  }

  schedule();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return current;
    },
  };
}
