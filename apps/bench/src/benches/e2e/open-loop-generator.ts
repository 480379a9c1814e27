/**
 * Posts webhooks at times that are fixed beforehand, whether or not earlier ones were answered: what waits for a free
 * connection is late by our fault and counts as late (no coordinated omission).
 */
import { openConnection, type HttpConnection } from "../../load/http-connection.ts";
import { signedRequest } from "../../load/webhook-requests.ts";
import { serveParent } from "../../setting/serve-parent.ts";
import { percentile } from "../../statistics.ts";
import { plannedWebhook, scheduledAt, type Schedule } from "./schedule.ts";

export interface PostResult {
  posted: number;
  refused: number;
  /** From the time planned to the 200. */
  ackP50Ms: number;
  ackP99Ms: number;
}

const CONNECTIONS = 200;
const TICK_MS = 1;

async function post(schedule: Schedule & { url: string }): Promise<PostResult> {
  const { host, hostname, port } = new URL(schedule.url);
  const count = Math.round(schedule.rate * schedule.seconds);
  const requests = Array.from({ length: count }, (_empty, index) =>
    signedRequest(host, plannedWebhook(schedule, index)),
  );
  const free = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(hostname, Number(port))));
  const all = [...free];
  const latencies: number[] = [];
  let refused = 0;
  let next = 0;
  let underWay = 0;
  let failure: Error | undefined;

  return new Promise<PostResult>((resolve, reject) => {
    const timer = setInterval(sendWhatIsDue, TICK_MS);

    function sendWhatIsDue(): void {
      const now = Date.now();
      while (next < count && scheduledAt(schedule, next) <= now) {
        const connection = free.pop();
        if (!connection) return;
        void send(connection, next++);
      }
      if ((next === count && underWay === 0) || failure) finish();
    }

    async function send(connection: HttpConnection, index: number): Promise<void> {
      const request = requests[index];
      if (!request) return;
      underWay += 1;
      try {
        const status = await connection.send(request);
        if (status === 200) latencies.push(Date.now() - scheduledAt(schedule, index));
        else refused += 1;
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      underWay -= 1;
      free.push(connection);
      sendWhatIsDue();
    }

    function finish(): void {
      clearInterval(timer);
      for (const connection of all) connection.close();
      if (failure) reject(failure);
      else
        resolve({
          posted: latencies.length,
          refused,
          ackP50Ms: percentile(latencies, 0.5),
          ackP99Ms: percentile(latencies, 0.99),
        });
    }
  });
}

await serveParent("open-loop-generator", async () => ({ post }));
