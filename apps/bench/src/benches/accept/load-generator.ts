/** Posts webhooks over a hundred connections as fast as they are answered. */
import { serveParent } from "../../setting/serve-parent.ts";
import { percentile } from "../../statistics.ts";
import { openConnection, type HttpConnection } from "../../load/http-connection.ts";
import { signedRequest, textWebhook } from "../../load/webhook-requests.ts";

export interface LoadRequest {
  url: string;
  seconds: number;
  /** Part of every message's id: no two rounds send the same webhook. */
  round: string;
  /** Of a server that stores nothing the same webhooks may be asked again. */
  mayRepeat: boolean;
}

export interface LoadResult {
  /** Answered with 200. */
  accepted: number;
  /** Answered with anything else. */
  refused: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const CONNECTIONS = 100;
/** Made before the clock starts. More are made while it runs, at the generator's own cost, if they do not suffice. */
const PREPARED_PER_SECOND = 10_000;
const PEOPLE = 5_000;
const INBOXES = 10;

async function generate({ url, seconds, round, mayRepeat }: LoadRequest): Promise<LoadResult> {
  const { host, hostname, port } = new URL(url);
  const at = new Date();
  const make = (index: number): Buffer =>
    signedRequest(host, textWebhook(index % INBOXES, index % PEOPLE, `wamid.${round}.${index}`, at));
  const prepared = Array.from({ length: seconds * PREPARED_PER_SECOND }, (_empty, index) => make(index));
  const requestAt = (index: number): Buffer => prepared[mayRepeat ? index % prepared.length : index] ?? make(index);

  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(hostname, Number(port))),
  );
  const latencies: number[] = [];
  let next = 0;
  let refused = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;

  async function drive(connection: HttpConnection): Promise<void> {
    for (let sentAt = performance.now(); sentAt < endsAt;) {
      const status = await connection.send(requestAt(next++));
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

await serveParent("load-generator", async () => ({ generate }));
