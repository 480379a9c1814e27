import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { Installation } from "./installation.ts";
import { step } from "@parley/runtime";

const LIMIT_MS = 30_000;
const POLL_MS = 100;

/** Resolves when the API says that it, its database and Redis are ready. */
export function waitUntilReady(installation: Installation): Promise<void> {
  return step("the processes start", async () => {
    const deadline = performance.now() + LIMIT_MS;
    let last = "";
    while (performance.now() < deadline) {
      try {
        const answer = await request(`${installation.apiUrl}/health/ready`);
        last = await answer.body.text();
        if (answer.statusCode === 200) return;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await sleep(POLL_MS);
    }
    throw new Error(
      `the API was not ready after ${LIMIT_MS / 1_000} s: ${[last, ...installation.crashes()].join("; ")}`,
    );
  });
}
