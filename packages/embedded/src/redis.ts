import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processEnv } from "@parley/runtime";
import { pingRedis } from "./ping-redis.ts";
import type { EmbeddedServer, Log } from "./embedded-server.ts";
import { findFreePort } from "./free-port.ts";
import { findRedisServer } from "./redis-binary.ts";
import { launchServer } from "./launch-server.ts";
import { recordRun, stopLeftover } from "./run-file.ts";
import { spawnServer, tailOf, type ServerProcess } from "./server-process.ts";

export interface RedisOptions {
  /** Holds the append-only file, the password and the log. */
  dataDir: string;
  /** Default: any free one. */
  port?: number;
  log: Log;
}

const START_TIMEOUT_MS = 30_000;

/** Redis (or Valkey) that appends every write to a file and evicts nothing. */
export async function startRedis(options: RedisOptions): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir);
  const runFile = join(dataDir, "run.json");
  const logFile = join(dataDir, "server.log");
  const configFile = join(dataDir, "redis.conf");
  await mkdir(dataDir, { recursive: true });
  await stopLeftover(runFile, "Redis", "SIGTERM");
  const command = await findRedisServer({
    path: processEnv["PATH"] ?? "",
    isRoot: process.getuid?.() === 0,
    log: options.log,
  });
  const password = await ensurePassword(join(dataDir, "password"));
  const port = options.port ?? (await findFreePort());
  const url = `redis://:${password}@127.0.0.1:${port}`;
  // A file, because a command line with a password is everybody's to read.
  await writeFile(configFile, configOf({ dataDir, port, password }), { mode: 0o600 });

  async function launch(): Promise<ServerProcess> {
    const server = await spawnServer({
      command,
      args: [configFile],
      env: { PATH: processEnv["PATH"], LC_ALL: "C" },
      logFile,
      stopSignal: "SIGTERM",
    });
    // Redis rewrites its command line to its name and address.
    await recordRun(runFile, { pid: server.pid, mark: `127.0.0.1:${port}` });
    await untilItAnswers(server, url, logFile);
    return server;
  }

  return launchServer({ url, port, logFile, runFile }, launch);
}

async function ensurePassword(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  return (await readFile(file, "utf8")).trim();
}

function configOf(options: { dataDir: string; port: number; password: string }): string {
  return [
    "bind 127.0.0.1",
    `port ${options.port}`,
    `dir ${JSON.stringify(options.dataDir)}`,
    `requirepass ${options.password}`,
    `save ""`,
    "appendonly yes",
    "maxmemory-policy noeviction",
    "daemonize no",
    "",
  ].join("\n");
}

/** Reading the append-only file may take a while. */
async function untilItAnswers(server: ServerProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await pingRedis(url);
      return;
    } catch (error) {
      if (!server.running || Date.now() > deadline) {
        await server.kill();
        throw new Error(`Redis did not start. The end of ${logFile}:\n${await tailOf(logFile)}`, { cause: error });
      }
    }
    await sleep(25);
  }
}
