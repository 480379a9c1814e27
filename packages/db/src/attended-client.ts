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
}
