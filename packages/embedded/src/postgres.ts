import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { EmbeddedServer, Log } from "./embedded-server.ts";
import { findFreePort } from "./free-port.ts";
import { ensureCluster, SERVER_ENV, SUPERUSER } from "./postgres-cluster.ts";
import { choosePostgresPlaces, type PostgresPlaces } from "./postgres-places.ts";
import { launchServer } from "./launch-server.ts";
import { recordRun, stopLeftover } from "./run-file.ts";
import { spawnServer, tailOf, type ServerProcess } from "./server-process.ts";

export interface PostgresOptions {
  /** Holds the password, the log and, where the server's user can reach it, the cluster. */
  dataDir: string;
  /** Default: any free one. */
  port?: number;
  /** On top of ours, by PostgreSQL's names. */
  settings?: Readonly<Record<string, string>>;
  log: Log;
}

const DATABASE = "parley";
const START_TIMEOUT_MS = 60_000;
/** After a SIGKILL the sessions of the last run need a moment to notice and leave the shared memory. */
const TAKEOVER_TIMEOUT_MS = 10_000;
const LEFT_BY_THE_LAST_RUN = /shared memory block|Address already in use/;

/** fsync and synchronous_commit keep their defaults (on): what is committed survives a crash here too. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** PostgreSQL 18 with the database "parley" and its superuser's URL. Makes the cluster on the first start. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir);
  const runFile = join(dataDir, "run.json");
  const logFile = join(dataDir, "server.log");
  await mkdir(dataDir, { recursive: true });
  await stopLeftover(runFile, "PostgreSQL", "SIGINT");
  const places = await choosePostgresPlaces(dataDir);
  const password = await ensureCluster(places, dataDir, options.log);
  const port = options.port ?? (await findFreePort());
  const urlOf = (database: string): string => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;

  async function launch(): Promise<ServerProcess> {
    const deadline = Date.now() + TAKEOVER_TIMEOUT_MS;
    for (;;) {
      const server = await spawnPostgres({ places, port, logFile, settings: { ...SETTINGS, ...options.settings } });
      await recordRun(runFile, { pid: server.pid, mark: places.data });
      if (await answers(server, urlOf("postgres"))) return server;
      const tail = await tailOf(logFile);
      if (Date.now() > deadline || !LEFT_BY_THE_LAST_RUN.test(tail)) {
        throw new Error(`PostgreSQL did not start. The end of ${logFile}:\n${tail}`);
      }
      await sleep(100);
    }
  }

  const server = await launchServer({ url: urlOf(DATABASE), port, logFile, runFile }, launch);
  await ensureDatabase(urlOf("postgres"));
  return server;
}

function spawnPostgres(options: {
  places: PostgresPlaces;
  port: number;
  logFile: string;
  settings: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  const { places, port, logFile, settings } = options;
  return spawnServer({
    command: places.native.postgres,
    args: [
      "-D",
      places.data,
      "-p",
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    env: SERVER_ENV,
    logFile,
    // "Fast" shutdown: ends the sessions, writes a checkpoint.
    stopSignal: "SIGINT",
    uid: places.account?.uid,
    gid: places.account?.gid,
  });
}

/** False when the server ended, or did not answer in time. Crash recovery may take a while: until then it refuses. */
async function answers(server: ServerProcess, url: string): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (server.running && Date.now() < deadline) {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(25);
    } finally {
      await client.end().catch(() => {});
    }
  }
  await server.kill();
  return false;
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
