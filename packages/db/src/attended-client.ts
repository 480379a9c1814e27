import type { Socket } from "node:net";
import pg from "pg";

/**
 * A connection whose errors are always heard. A pool listens only while the connection is idle, a statement only while
 * it runs; a server that goes away in between would end the process. Whoever uses it learns by the next statement.
 */
export class AttendedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on("error", () => undefined);
  }

  /** Lets the server say nothing for so long, in milliseconds, until the function that is returned is called. */
  allowSilence(milliseconds: number): () => void {
    // node-postgres keeps to itself the socket that `stream` of our pools has made.
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    const { timeout = 0 } = stream;
    stream.setTimeout(milliseconds);
    return () => void stream.setTimeout(timeout);
  }
}
