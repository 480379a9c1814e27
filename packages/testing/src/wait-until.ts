import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** Resolves with the first truthy value of `condition`. Throws, naming `what` was awaited, after `timeoutMs`. */
export async function waitUntil<T>(condition: () => T | Promise<T>, what: string, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(POLL_MS);
  }
}
