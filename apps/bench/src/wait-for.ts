import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 25;

/** Asks until the answer is not undefined. Rejects with a sentence that begins with `what` after `timeoutMs`. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined>,
  pollMs = POLL_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs / 1_000} s`);
    await sleep(pollMs);
  }
}
