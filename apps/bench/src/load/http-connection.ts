import { connect, type Socket } from "node:net";

/** One connection that is kept open; one request at a time. */
export interface HttpConnection {
  /** Resolves with the status of the answer once all of it is there. Rejects when the connection breaks. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

const HEAD_END = "\r\n\r\n";
const CONTENT_LENGTH = /content-length: (\d+)/i;

/**
 * The least that a client must do, because the client's CPU is taken from the server that is measured: whole requests
 * are given, and of the answer only status and length are read. Answers without a content-length are not understood.
 */
export async function openConnection(host: string, port: number): Promise<HttpConnection> {
  const socket = await open(host, port);
  let waiting: { resolve(status: number): void; reject(error: Error): void } | undefined;
  let received = "";

  socket.on("data", (data) => {
    received += data.toString("latin1");
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = Number(CONTENT_LENGTH.exec(received)?.[1] ?? NaN);
    if (Number.isNaN(length)) return socket.destroy(new Error(`no content-length in: ${received.slice(0, headEnd)}`));
    if (received.length < headEnd + HEAD_END.length + length) return;
    // "HTTP/1.1 200 OK"
    const status = Number(received.slice(9, 12));
    received = "";
    waiting?.resolve(status);
    waiting = undefined;
  });
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the connection was closed")));

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}
