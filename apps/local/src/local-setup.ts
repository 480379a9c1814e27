import { ConfigError, isProduction, readHttpConfig, readPort, type Env } from "@parley/runtime";
import type { LocalSecrets } from "./local-secrets.ts";

/** Where things are reached on this machine. */
export interface Addresses {
  host: string;
  apiPort: number;
  apiUrl: string;
  simulatorPort: number;
  simulatorUrl: string;
}

/** Throws a ConfigError for ports under which the two servers could not be reached. */
export function readAddresses(env: Env): Addresses {
  const { host, port: apiPort } = readHttpConfig(env);
  const simulatorPort = readPort(env, "SIMULATOR_PORT", 4010);
  if (apiPort === 0 || simulatorPort === 0) {
    throw new ConfigError("PORT and SIMULATOR_PORT cannot be 0 here: whoever calls must know them, so choose numbers");
  }
  if (apiPort === simulatorPort) {
    throw new ConfigError(`PORT and SIMULATOR_PORT are both ${apiPort}: give one of them another port`);
  }
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return {
    host,
    apiPort,
    apiUrl: `http://${reachable}:${apiPort}`,
    simulatorPort,
    simulatorUrl: `http://${reachable}:${simulatorPort}`,
  };
}

/** Whoever tries Parley out registers as many companies as they like, all of them from one address. */
const TRYING_OUT = "address.register=100000";

/** Without the owner's, which only migrations and the seed need. */
export interface ServiceUrls {
  appUrl: string;
  systemUrl: string;
  redisUrl: string;
}

/** What the API, the workers and the simulator get; `mailDirectory` is for mails, unless another is set. */
export function processEnvironment(
  env: Env,
  at: Addresses,
  urls: ServiceUrls,
  secrets: LocalSecrets,
  mailDirectory: string,
): Env {
  const { DATABASE_URL: _owner, ...inherited } = env;
  return {
    ...inherited,
    ...secrets,
    WHATSAPP_API_BASE_URL: env["WHATSAPP_API_BASE_URL"] || at.simulatorUrl,
    MODEL_PRIVATE_HOSTS: env["MODEL_PRIVATE_HOSTS"] || new URL(at.simulatorUrl).host,
    APP_URL: env["APP_URL"] || at.apiUrl,
    MAIL_DIRECTORY: env["MAIL_DIRECTORY"] || mailDirectory,
    RATE_LIMITS: env["RATE_LIMITS"] || (isProduction(env) ? "on" : TRYING_OUT),
    HOST: at.host,
    PORT: String(at.apiPort),
    SIMULATOR_PORT: String(at.simulatorPort),
    DATABASE_APP_URL: urls.appUrl,
    DATABASE_SYSTEM_URL: urls.systemUrl,
    REDIS_URL: urls.redisUrl,
  };
}
