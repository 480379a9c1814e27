import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import type { SendRequest } from "../channel.ts";

/** What the server of a test received. */
interface SeenRequest {
  path: string | undefined;
  headers: IncomingMessage["headers"];
  body: unknown;
}

export interface GraphDouble {
  baseUrl: string;
  requests: SeenRequest[];
  close(): Promise<void>;
}

/** A real HTTP server on a free port that reads each request whole and then does what `answer` says. */
export async function startGraph(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<GraphDouble> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      requests.push({ path: request.url, headers: request.headers, body });
      answer(response, request);
    });
  });
  return { baseUrl: `http://127.0.0.1:${await listen(server)}`, requests, close: () => stop(server) };
}

/** Answers with `status` and `body`: JSON, unless it is a text already. */
export function respond(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
}

export async function listen(server: NetServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

export const MESSAGE_ID = "01976f00-0000-7000-8000-00000000abcd";

export function sendRequest(part: Partial<SendRequest> = {}): SendRequest {
  return {
    account: "100200300400",
    accessToken: "token-of-the-account",
    to: { type: "WHATSAPP", value: "+15550001111" },
    message: { type: "text", text: "Hello" },
    reference: { messageId: MESSAGE_ID, attempt: 1 },
    ...part,
  };
}
