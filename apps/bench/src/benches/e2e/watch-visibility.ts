import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "./agent.ts";
import { externalIdPrefix, INBOXES, scheduledAt, writerOf, type Schedule } from "./schedule.ts";

/** So few that looking does not slow down what is looked at. */
const SAMPLES_PER_SECOND = 10;
/** Looking costs what is looked at as well, so who waits longer looks less often. */
const POLL_MS = 20;
const POLL_SHARE = 0.1;
const GIVE_UP_AFTER_MS = 30_000;

/**
 * Polls the API for a sample of the messages from the time each is posted, and returns for each the milliseconds until
 * an answer had it: late by half a poll (20 ms, or a tenth of the waiting) on average, and by the answer's own time.
 */
export async function watchVisibility(agent: Agent, schedule: Schedule): Promise<number[]> {
  const count = Math.round(schedule.rate * schedule.seconds);
  // Of the first inbox only, whose tenant the agent belongs to.
  const stride = Math.max(1, Math.round(schedule.rate / SAMPLES_PER_SECOND / INBOXES)) * INBOXES;
  const watched: Promise<number>[] = [];
  for (let index = 0; index < count; index += stride) watched.push(watchOne(agent, schedule, index));
  return Promise.all(watched);
}

async function watchOne(agent: Agent, schedule: Schedule, index: number): Promise<number> {
  const at = scheduledAt(schedule, index);
  const externalId = `${externalIdPrefix(schedule)}${index}`;
  await sleep(Math.max(0, at - Date.now()));
  for (;;) {
    if (await agent.sees(writerOf(index).contact, externalId)) return Date.now() - at;
    const waitedMs = Date.now() - at;
    if (waitedMs > GIVE_UP_AFTER_MS) throw new Error(`message ${externalId} did not become visible`);
    await sleep(Math.max(POLL_MS, waitedMs * POLL_SHARE));
  }
}
