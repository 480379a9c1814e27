import { once } from "node:events";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Agent, type Dispatcher } from "undici";
import { createGraphDispatcher } from "./graph-dispatcher.ts";
import { sendMessage } from "./send-message.ts";
import { listen, respond, sendRequest, startGraph } from "./send.fixture.ts";

const ACCEPTED = { messages: [{ id: "wamid.OUT1" }] };
const NOT_SENT = { kind: "retry", error: { code: "connect_failed", retryable: true } };

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startOwnGraph(...args: Parameters<typeof startGraph>) {
  const graph = await startGraph(...args);
  cleanups.push(() => graph.close());
  return graph;
}

function own<D extends Dispatcher>(dispatcher: D): D {
  cleanups.push(() => dispatcher.destroy());
  return dispatcher;
}

function send(apiBaseUrl: string, { timeoutMs = 5000, dispatcher = own(createGraphDispatcher()) } = {}) {
  return sendMessage(sendRequest(), { apiBaseUrl, apiVersion: "v25.0", timeoutMs, dispatcher });
}

describe("a message that certainly did not go out", () => {
  it("met a port where nobody listens", async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await once(server, "close");
    expect(await send(`http://127.0.0.1:${port}`)).toMatchObject(NOT_SENT);
  });

  it("met a name that does not resolve", async () => {
    const dispatcher = own(
      new Agent({
        connect: { lookup: (host, _options, done) => done(Object.assign(new Error(host), { code: "ENOTFOUND" }), []) },
      }),
    );
    expect(await send("http://graph.example", { dispatcher })).toMatchObject({
      ...NOT_SENT,
      error: { detail: "ENOTFOUND: graph.example" },
    });
  });

  it("met a server that does not speak TLS", async () => {
    const graph = await startOwnGraph((response) => respond(response, 200, ACCEPTED));
    expect(await send(graph.baseUrl.replace("http:", "https:"))).toMatchObject(NOT_SENT);
    expect(graph.requests).toEqual([]);
  });

  it("was refused by a dispatcher that is shut down", async () => {
    const dispatcher = createGraphDispatcher();
    await dispatcher.destroy();
    expect(await send("http://127.0.0.1:9", { dispatcher })).toMatchObject(NOT_SENT);
  });

  it("had no connection in time, and does not go out once there is one", async () => {
    const graph = await startOwnGraph((response) => respond(response, 200, ACCEPTED));
    let openConnection: (() => void) | undefined;
    const dispatcher = own(
      new Agent({
        connect: ({ hostname, port }, done) => {
          openConnection = () => {
            const socket: Socket = connectSocket(Number(port), hostname, () => done(null, socket));
          };
        },
      }),
    );
    expect(await send(graph.baseUrl, { dispatcher, timeoutMs: 30 })).toMatchObject(NOT_SENT);

    const second = send(graph.baseUrl, { dispatcher });
    openConnection?.();
    expect(await second).toMatchObject({ kind: "accepted" });
    expect(graph.requests).toHaveLength(1);
  });
});

describe("a message of which nobody knows whether it went out", () => {
  it("was written, and no answer came in time", async () => {
    const graph = await startOwnGraph(() => undefined);
    expect(await send(graph.baseUrl, { timeoutMs: 500 })).toMatchObject({
      kind: "unknown",
      error: { code: "timeout_after_write", retryable: false },
    });
    expect(graph.requests).toHaveLength(1);
  });

  it("was written, and the answer never became complete", async () => {
    const graph = await startOwnGraph((response) => {
      response.writeHead(200, { "content-length": 100 }).write('{"messages"');
    });
    expect(await send(graph.baseUrl, { timeoutMs: 500 })).toMatchObject({
      kind: "unknown",
      error: { code: "timeout_after_write" },
      httpStatus: 200,
    });
  });

  it("was written, and the connection was reset", async () => {
    const graph = await startOwnGraph((_response, request) => request.socket.resetAndDestroy());
    expect(await send(graph.baseUrl)).toMatchObject({
      kind: "unknown",
      error: { code: "connection_reset", retryable: false },
    });
    expect(graph.requests).toHaveLength(1);
  });

  it("was written, and the connection broke in the middle of the answer", async () => {
    const graph = await startOwnGraph((response, request) => {
      response.writeHead(400, { "content-length": 100 }).write('{"error"', () => request.socket.destroy());
    });
    expect(await send(graph.baseUrl)).toMatchObject({ kind: "unknown", error: { code: "connection_reset" } });
  });

  it("was written to a kept connection that was closed, and is not written to another by itself", async () => {
    const graph = await startOwnGraph((response, request) => {
      if (graph.requests.length === 1) respond(response, 200, ACCEPTED);
      else request.socket.destroy();
    });
    const dispatcher = own(createGraphDispatcher({ maxConnections: 1 }));
    expect(await send(graph.baseUrl, { dispatcher })).toMatchObject({ kind: "accepted" });
    expect(await send(graph.baseUrl, { dispatcher })).toMatchObject({ kind: "unknown" });
    expect(graph.requests).toHaveLength(2);
  });

  it("was answered by something that is not HTTP", async () => {
    const server = createServer((socket) => socket.on("data", () => socket.end("220 mail.example ready\r\n")));
    const port = await listen(server);
    cleanups.push(async () => server.close());
    expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({
      kind: "unknown",
      error: { code: "unreadable_answer" },
    });
  });
});
