import { percentile } from "../statistics.ts";
import { openConnection, type HttpConnection } from "./http-connection.ts";

export interface LoadResult {
  /** Answered with 200. */
  accepted: number;
  /** Answered with anything else. */
  refused: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Sends requests over so many connections, each its next one as soon as the last is answered, until the time is over.
 * `requestAt` makes the n-th request of all, whole and ready to be written.
 */
export async function driveConnections(options: {
  url: string;
  connections: number;
  seconds: number;
  requestAt(index: number): Buffer;
}): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const connections = await Promise.all(
    Array.from({ length: options.connections }, () => openConnection(hostname, Number(port))),
  );
  const latencies: number[] = [];
  let next = 0;
  let refused = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1_000;

  async function drive(connection: HttpConnection): Promise<void> {
    for (let sentAt = performance.now(); sentAt < endsAt;) {
      const status = await connection.send(options.requestAt(next++));
      const answeredAt = performance.now();
      if (status === 200) latencies.push(answeredAt - sentAt);
      else refused += 1;
      sentAt = answeredAt;
    }
  }

  try {
    await Promise.all(connections.map(drive));
  } finally {
    for (const connection of connections) connection.close();
  }
  const elapsed = (performance.now() - startedAt) / 1_000;
  return {
    accepted: latencies.length,
    refused,
    perSecond: latencies.length / elapsed,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
