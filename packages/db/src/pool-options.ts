import type { Socket } from "node:net";
import type pg from "pg";
import { AttendedClient } from "./attended-client.ts";
import { GatheringSocket } from "./gathering-socket.ts";

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
/**
 * Of connections on which requests ask: what is planned each time and what is planned once, it never reads all tenants'
 * rows, however few they were then. Nor does it start processes to help: that takes longer than one tenant's rows do.
 * Before version 18 what cannot do without the former looks so expensive that it would be compiled.
 */
export const NEVER_READ_ALL = "-c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c jit=off";
const KEEP_ALIVE_DELAY_MS = 10_000;

/**
 * What all our pools have in common. A server that went away without a word (a power cut, a firewall that forgot the
 * connection) is noticed by its silence. The whole connection is then closed: node-postgres's `query_timeout` would
 * give it back to the pool with the lost statement still on it, and the next user would wait behind that. With `pipeline`
 * statements are written when they are called, and not when the one before has been answered.
 */
export function poolOptions(connectionString: string, max: number, timeouts = DEFAULT_TIMEOUTS): pg.PoolConfig {
  return {
    Client: AttendedClient,
    connectionString,
    max,
    connectionTimeoutMillis: timeouts.connect,
    statement_timeout: timeouts.statement,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    stream: () => openSocket(timeouts.silence),
  };
}

function openSocket(silenceMs: number): Socket {
  const socket = new GatheringSocket();
  const silent = Object.assign(new Error(`PostgreSQL said nothing for ${silenceMs} ms`), { code: "ETIMEDOUT" });
  return socket.setTimeout(silenceMs, () => socket.destroy(silent));
}
