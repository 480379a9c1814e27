/** Reads lists at a steady rate, and measures each from the moment at which it was to begin. */
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { serveParent } from "../../setting/serve-parent.ts";
import { percentile } from "../../statistics.ts";

export interface ReadRequest {
  url: string;
  token: string;
  perSecond: number;
  /** Without it, until told to stop. */
  seconds?: number;
}

export interface Reading {
  count: number;
  p50Ms: number;
  p99Ms: number;
}

const dispatcher = new Agent({ connections: 20 });
let stopping = new AbortController();

async function read({ url, token, perSecond, seconds = Infinity }: ReadRequest): Promise<Reading> {
  stopping = new AbortController();
  const { signal } = stopping;
  const startedAt = performance.now();
  const took: Promise<number>[] = [];
  for (let index = 0; index < seconds * perSecond && !signal.aborted; index += 1) {
    const plannedAt = startedAt + (index * 1_000) / perSecond;
    await sleep(Math.max(plannedAt - performance.now(), 0));
    took.push(readOnce(url, token, plannedAt));
  }
  const latencies = await Promise.all(took);
  return { count: latencies.length, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
}

async function readOnce(url: string, token: string, plannedAt: number): Promise<number> {
  const { statusCode, body } = await request(`${url}/api/v1/contacts?limit=50`, {
    headers: { authorization: `Bearer ${token}` },
    dispatcher,
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`GET /contacts answered ${statusCode}: ${text}`);
  return performance.now() - plannedAt;
}

await serveParent("reader", async ({ shutdown }) => {
  shutdown.add("connections", () => dispatcher.close());
  return {
    read,
    readUntilStopped: read,
    stop: () => stopping.abort(),
  };
});
