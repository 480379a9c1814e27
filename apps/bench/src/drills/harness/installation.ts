import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { deriveRoleUrls } from "@parley/db";
import { SIMULATOR_WHATSAPP, type Env } from "@parley/runtime";
import { startApp, type AppProcess } from "./app-process.ts";
import type { DrillServers } from "./drill-servers.ts";
import type { AppName } from "./plan-strikes.ts";

/** Parley as it runs in one round: real processes over the drill's servers and a database of this round's own. */
export interface Installation {
  servers: DrillServers;
  databaseUrl: string;
  redisPrefix: string;
  apiUrl: string;
  env: Env;
  app(name: AppName): AppProcess;
  crashes(): string[];
  stop(): Promise<void>;
}

const PIPELINE: readonly AppName[] = ["api", "worker-ingest", "worker-outbound"];

export async function startInstallation(options: {
  servers: DrillServers;
  databaseUrl: string;
  /** Names the log files and the keys in Redis. */
  round: string;
  /** What every process inherits. */
  env: Env;
  /** On top of what every process gets: shorter waits, the simulator's address. */
  settings: Env;
  /** Default: those of the pipeline. */
  apps?: readonly AppName[];
}): Promise<Installation> {
  const { servers, databaseUrl, round, apps: names = PIPELINE } = options;
  const port = await findFreePort();
  const { appUrl, systemUrl } = deriveRoleUrls(databaseUrl);
  const { DATABASE_URL: _owner, ...inherited } = options.env;
  const env: Env = {
    ...inherited,
    NODE_ENV: "development",
    DATABASE_APP_URL: appUrl,
    DATABASE_SYSTEM_URL: systemUrl,
    REDIS_URL: servers.redis.url,
    REDIS_PREFIX: round,
    JWT_SECRET: randomBytes(36).toString("base64"),
    ENCRYPTION_KEYS: `drill:${randomBytes(32).toString("base64")}`,
    WHATSAPP_APP_SECRET: SIMULATOR_WHATSAPP.appSecret,
    WHATSAPP_VERIFY_TOKEN: SIMULATOR_WHATSAPP.verifyToken,
    HOST: "127.0.0.1",
    PORT: String(port),
    LOG_LEVEL: "warn",
    // One user of a drill does what many would.
    RATE_LIMITS: "off",
    ...options.settings,
  };
  const logs = join(servers.directory, "logs");
  const apps = names.map((name) => startApp({ name, env, logFile: join(logs, `${round}-${name}.log`) }));
  return {
    servers,
    databaseUrl,
    redisPrefix: round,
    apiUrl: `http://127.0.0.1:${port}`,
    env,
    app(name) {
      const found = apps.find((app) => app.name === name);
      if (!found) throw new Error(`${name} is no process of the drill`);
      return found;
    },
    crashes: () => apps.flatMap((app) => app.crashes),
    async stop() {
      await Promise.all(apps.map((app) => app.stop()));
    },
  };
}

/** The API keeps its port through all its deaths, so it is chosen once. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no free port was found"));
      });
    });
  });
}
