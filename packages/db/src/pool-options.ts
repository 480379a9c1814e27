import { Socket } from "node:net";
import type pg from "pg";
import { AttendedClient } from "./attended-client.ts";

/** How long to wait for the server, in milliseconds. */
export interface DatabaseTimeouts {
  /** For a connection, from the pool or a new one. */
  connect: number;
  /** For one statement, waiting for locks included; PostgreSQL then cancels it (57014). */
  statement: number;
  /** For any sign of life on a connection. Longer than `statement`: a server that is there has spoken by then. */
  silence: number;
}

export const DEFAULT_TIMEOUTS: DatabaseTimeouts = { connect: 5_000, statement: 10_000, silence: 12_000 };
const KEEP_ALIVE_DELAY_MS = 10_000;

/**
 * What all our pools have in common. A server that went away without a word (a power cut, a firewall that forgot the
 * connection) is noticed by its silence. The whole connection is then closed: node-postgres's `query_timeout` would
 * give it back to the pool with the lost statement still on it, and the next user would wait behind that.
 */
export function poolOptions(connectionString: string, max: number, timeouts = DEFAULT_TIMEOUTS): pg.PoolConfig {
  return {
    Client: AttendedClient,
    connectionString,
    max,
    connectionTimeoutMillis: timeouts.connect,
    statement_timeout: timeouts.statement,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    stream: () => openSocket(timeouts.silence),
  };
}

function openSocket(silenceMs: number): Socket {
  const socket = new Socket();
  const silent = Object.assign(new Error(`PostgreSQL said nothing for ${silenceMs} ms`), { code: "ETIMEDOUT" });
  return socket.setTimeout(silenceMs, () => socket.destroy(silent));
}
