import { outboundQueue } from "@parley/core/outbound-queue";
import { queuePrefix } from "@parley/queue";
import { QueueEvents } from "bullmq";

export interface RunCounter {
  runs(): number;
  close(): Promise<void>;
}

/** Counts how often a worker took up a job of the outbound queue: BullMQ announces each time. */
export async function countRuns(redis: { url: string; prefix: string }): Promise<RunCounter> {
  const events = new QueueEvents(outboundQueue.name, {
    connection: { url: redis.url },
    prefix: queuePrefix(redis, outboundQueue.name),
  });
  let runs = 0;
  events.on("active", () => (runs += 1));
  await events.waitUntilReady();
  return { runs: () => runs, close: () => events.close() };
}
