import { Agent, type Dispatcher } from "undici";

/**
 * The connections over which messages are sent; the caller closes it when shutting down. One process sends some 1,600
 * messages a second, each answered in about 0.3 s: 480 at once. Connections open as they are needed, up to
 * `maxConnections` for one origin; further calls wait for a free one.
 */
export function createGraphDispatcher({ maxConnections = 512, connectTimeoutMs = 5000 } = {}): Dispatcher {
  return new Agent({
    connections: maxConnections,
    connect: { timeout: connectTimeoutMs },
    // One request at a time on a connection: a reset then makes the fate of one message unknown, not of several.
    // HTTP/2 would share connections, and let undici move requests to another one by itself.
    pipelining: 1,
    allowH2: false,
    // Short, because a connection that the other side closes just as we write to it leaves a message unknown.
    keepAliveTimeout: 4000,
    maxResponseSize: 1024 * 1024,
  });
}
