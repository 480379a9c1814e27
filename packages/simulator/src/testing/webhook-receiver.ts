import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedWebhook {
  headers: IncomingHttpHeaders;
  body: string;
}

/** The other side of the webhooks: keeps what arrives and answers as it is told. */
export interface WebhookReceiver {
  url: string;
  received: ReceivedWebhook[];
  /** The status for the n-th webhook (from 0), or a promise of it. 200 unless set. */
  answer: (index: number) => number | Promise<number>;
  /** What the GET handshake asked, and whether to give the challenge back. */
  acceptsToken: (token: string | null) => boolean;
  stop(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const receiver: WebhookReceiver = {
    url: "",
    received: [],
    answer: () => 200,
    acceptsToken: () => false,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      const query = new URL(request.url ?? "/", receiver.url).searchParams;
      const accepted = receiver.acceptsToken(query.get("hub.verify_token"));
      response.writeHead(accepted ? 200 : 403).end(accepted ? query.get("hub.challenge") : "");
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const index = receiver.received.length;
      receiver.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      void Promise.resolve(receiver.answer(index)).then((status) => response.writeHead(status).end("{}"));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/whatsapp`;
  return receiver;
}

interface ReceivedValue {
  metadata: { display_phone_number: string; phone_number_id: string };
  contacts?: Record<string, unknown>[];
  messages?: (Record<string, unknown> & { id: string })[];
  statuses?: (Record<string, unknown> & { id: string; status: string })[];
}

/** The `value`s of all webhooks, in order of arrival. */
export function valuesOf(received: readonly ReceivedWebhook[]): ReceivedValue[] {
  return received.flatMap(({ body }) => {
    const payload = JSON.parse(body) as { entry: { changes: { value: ReceivedValue }[] }[] };
    return payload.entry.flatMap((entry) => entry.changes.map((change) => change.value));
  });
}

export function statusesOf(received: readonly ReceivedWebhook[]): NonNullable<ReceivedValue["statuses"]> {
  return valuesOf(received).flatMap((value) => value.statuses ?? []);
}

export function messagesOf(received: readonly ReceivedWebhook[]): NonNullable<ReceivedValue["messages"]> {
  return valuesOf(received).flatMap((value) => value.messages ?? []);
}
