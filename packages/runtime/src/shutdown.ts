import type { Logger } from "./logger.ts";

/** Steps to undo what was started, run in reverse order of their registration, each at most once. */
export interface ShutdownStack {
  /** Registers how to undo what was just started. */
  add(name: string, stop: () => unknown): void;
  /** Runs every step; a step that fails or outlasts `stepTimeoutMs` is logged and does not stop the others. */
  run(reason: string): Promise<void>;
}

/** Longer than a send may take: one that is cut off leaves its outcome unknown. */
const STEP_TIMEOUT_MS = 30_000;

export function createShutdownStack(logger: Logger, stepTimeoutMs = STEP_TIMEOUT_MS): ShutdownStack {
  const steps: { name: string; stop: () => unknown }[] = [];
  let running: Promise<void> | undefined;

  async function unwind(reason: string): Promise<void> {
    logger.info({ reason }, "shutting down");
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await withTimeout((async () => step.stop())(), stepTimeoutMs);
      } catch (error) {
        logger.error({ err: error, step: step.name }, "a shutdown step failed");
      }
    }
  }

  return {
    add: (name, stop) => void steps.push({ name, stop }),
    run: (reason) => (running ??= unwind(reason)),
  };
}

function withTimeout(work: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
