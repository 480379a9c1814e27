import { setTimeout as sleep } from "node:timers/promises";
import { queuePrefix } from "@parley/queue";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { Installation } from "./installation.ts";
import { step } from "@parley/runtime";
import type { Reader } from "./reader.ts";

/** What is still under way, by name. */
type Pending = Record<string, number>;

const POLL_MS = 250;
/** Between two looks a job may be nowhere to be seen: on its way from the outbox to its queue. */
const QUIET_LOOKS = 3;

const COUNTS: Record<string, string> = {
  "raw events not applied": `select count(*) from raw_webhook_event where status = 'RECEIVED'`,
  "outbox rows": `select count(*) from outbox`,
  "messages queued or sending": `select count(*) from message where status in ('QUEUED', 'SENDING')`,
  "held updates of known messages": `select count(*) from held_update join message using (tenant_id, inbox_id, external_id)`,
};

/**
 * Waits until nothing is under way any more. Resolves with what still was when `limitMs` ran out; with nothing when
 * it became quiet.
 */
export async function waitForQuiet(options: {
  installation: Installation;
  reader: Reader;
  queueNames: readonly string[];
  /** Work outside Parley, such as webhooks that the simulator has not delivered. */
  outside?: () => Pending;
  limitMs: number;
}): Promise<Pending> {
  const { installation, reader, queueNames, outside = () => ({}), limitMs } = options;
  const connection = new Redis(installation.servers.redis.url, { maxRetriesPerRequest: null });
  connection.on("error", () => undefined);
  const queues = queueNames.map((name) => {
    const prefix = queuePrefix({ url: installation.servers.redis.url, prefix: installation.redisPrefix }, name);
    return new Queue(name, { connection, prefix });
  });

  async function look(): Promise<Pending> {
    const pending: Pending = outside();
    for (const [name, query] of Object.entries(COUNTS)) pending[name] = await reader.count(query);
    for (const queue of queues) {
      const counts = await queue.getJobCounts("wait", "active", "delayed", "prioritized");
      pending[`jobs on ${queue.name}`] = Object.values(counts).reduce((sum, count) => sum + count, 0);
    }
    return Object.fromEntries(Object.entries(pending).filter(([, count]) => count > 0));
  }

  let pending: Pending = {};
  const describe = (): string =>
    Object.entries(pending)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  try {
    return await step(
      "waiting for quiet",
      async () => {
        const deadline = performance.now() + limitMs;
        for (let quietLooks = 0; quietLooks < QUIET_LOOKS && performance.now() < deadline; await sleep(POLL_MS)) {
          pending = await look();
          quietLooks = Object.keys(pending).length === 0 ? quietLooks + 1 : 0;
        }
        return pending;
      },
      describe,
    );
  } finally {
    await Promise.allSettled(queues.map((queue) => queue.close()));
    connection.disconnect();
  }
}
