/** Posts webhooks over a hundred connections as fast as they are answered. */
import { serveParent } from "../../setting/serve-parent.ts";
import { driveConnections, type LoadResult } from "../../load/drive-connections.ts";
import { signedRequest, textWebhook } from "../../load/webhook-requests.ts";

export interface LoadRequest {
  url: string;
  seconds: number;
  /** Part of every message's id: no two rounds send the same webhook. */
  round: string;
  /** Of a server that stores nothing the same webhooks may be asked again. */
  mayRepeat: boolean;
}

const CONNECTIONS = 100;
/** Made before the clock starts. More are made while it runs, at the generator's own cost, if they do not suffice. */
const PREPARED_PER_SECOND = 10_000;
const PEOPLE = 5_000;
const INBOXES = 10;

function generate({ url, seconds, round, mayRepeat }: LoadRequest): Promise<LoadResult> {
  const { host } = new URL(url);
  const at = new Date();
  const make = (index: number): Buffer =>
    signedRequest(host, textWebhook(index % INBOXES, index % PEOPLE, `wamid.${round}.${index}`, at));
  const prepared = Array.from({ length: seconds * PREPARED_PER_SECOND }, (_empty, index) => make(index));
  const requestAt = (index: number): Buffer => prepared[mayRepeat ? index % prepared.length : index] ?? make(index);

  return driveConnections({ url, connections: CONNECTIONS, seconds, requestAt });
}

await serveParent("load-generator", async () => ({ generate }));
