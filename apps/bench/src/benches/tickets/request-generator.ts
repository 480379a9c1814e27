/** Sends prepared requests over a few connections, and measures each. */
import { openConnection } from "../../load/http-connection.ts";
import { serveParent } from "../../setting/serve-parent.ts";

export interface PreparedRequest {
  /** What kind of request it is, for figures of its own. */
  label: string;
  method: "GET" | "PATCH" | "POST";
  /** With the query string. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** As JSON. */
  body?: unknown;
}

export interface GenerateRequest {
  url: string;
  connections: number;
  requests: readonly PreparedRequest[];
  /** Requests are repeated from the first on until then; without it, each is sent once. */
  seconds?: number;
}

export interface Latencies {
  label: string;
  /** Milliseconds, of all that were answered with 200. */
  milliseconds: number[];
}

async function generate({ url, connections, requests, seconds }: GenerateRequest): Promise<Latencies[]> {
  const { host, hostname, port } = new URL(url);
  const prepared = requests.map((request) => ({ label: request.label, bytes: toBytes(host, request) }));
  const latencies = new Map<string, number[]>(requests.map(({ label }) => [label, []]));
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(hostname, Number(port))));
  const endsAt = seconds === undefined ? Infinity : performance.now() + seconds * 1_000;
  const most = seconds === undefined ? prepared.length : Infinity;
  let next = 0;

  async function drive(connection: (typeof open)[number]): Promise<void> {
    for (let sentAt = performance.now(); sentAt < endsAt && next < most; sentAt = performance.now()) {
      const request = prepared[next++ % prepared.length];
      if (!request) return;
      const status = await connection.send(request.bytes);
      if (status !== 200) throw new Error(`${request.label}: answered with ${status}`);
      latencies.get(request.label)?.push(performance.now() - sentAt);
    }
  }

  try {
    await Promise.all(open.map(drive));
  } finally {
    for (const connection of open) connection.close();
  }
  return [...latencies].map(([label, milliseconds]) => ({ label, milliseconds }));
}

function toBytes(host: string, { method, path, headers, body }: PreparedRequest): Buffer {
  const text = body === undefined ? "" : JSON.stringify(body);
  const all = {
    host,
    ...headers,
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n${text}`);
}

await serveParent("request-generator", async () => ({ generate }));
