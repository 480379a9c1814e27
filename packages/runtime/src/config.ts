import { isIP } from "node:net";
import { z } from "zod";
import { parseKeyring, type Keyring } from "./secrets.ts";

/** A setting is missing or wrong. The message names the variable and says what to set. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process. Everything else receives values that one of the functions below has checked. */
export const processEnv: Env = process.env;

/** The value of a setting; an empty one counts as not set, because that is how Compose and CI systems leave it out. */
function read(env: Env, name: string): string | undefined {
  return env[name] || undefined;
}

export function isProduction(env: Env): boolean {
  return env["NODE_ENV"] === "production";
}

export interface DatabaseConfig {
  /** Application role: row-level security applies. */
  appUrl: string;
  /** System role: pipeline workers and platform administration. */
  systemUrl: string;
}

/** The owner's URL, for migrations. */
export function readOwnerDatabaseUrl(env: Env): string {
  return readUrl(env, "DATABASE_URL", ["postgres:", "postgresql:"]);
}

export function readRedisUrl(env: Env): string {
  return readUrl(env, "REDIS_URL", ["redis:", "rediss:"]);
}

export interface HttpConfig {
  host: string;
  port: number;
  corsOrigins: string[];
  /** Addresses and networks of the proxies in front, whose word on a request's origin counts. */
  trustedProxies: string[];
}

export function readHttpConfig(env: Env): HttpConfig {
  return {
    host: read(env, "HOST") ?? (isProduction(env) ? "0.0.0.0" : "127.0.0.1"),
    port: readPort(env, "PORT", 4000),
    corsOrigins: readList(env, "CORS_ORIGINS").map((origin) => {
      if (isWebOrigin(origin)) return origin;
      throw new ConfigError(
        `CORS_ORIGINS must be origins as browsers send them, such as https://app.example, not "${origin}"`,
      );
    }),
    trustedProxies: readList(env, "TRUSTED_PROXIES").map((proxy) => {
      if (isNetwork(proxy)) return proxy;
      throw new ConfigError(`TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, not "${proxy}"`);
    }),
  };
}

/** Scheme, host and, unless it is the scheme's own, port; in lower case and without a path: anything else would match nothing. */
function isWebOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [, address = "", bits] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 1) <= (version === 4 ? 32 : 128);
}

function readList(env: Env, name: string): string[] {
  return (env[name] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

export interface SecretsConfig {
  jwtSecret: string;
  keyring: Keyring;
}

const MIN_JWT_SECRET_LENGTH = 32;

/** Secrets have no default: `npm start` makes its own, an installation sets them. */
export function readSecrets(env: Env): SecretsConfig {
  const jwtSecret = required(env, "JWT_SECRET", "set it to at least 32 random characters");
  if (jwtSecret.length < MIN_JWT_SECRET_LENGTH || new Set(jwtSecret).size < 10) {
    throw new ConfigError("JWT_SECRET is weak: set it to at least 32 random characters (openssl rand -base64 48)");
  }
  return { jwtSecret, keyring: readKeyring(env) };
}

export function readKeyring(env: Env): Keyring {
  const text = required(env, "ENCRYPTION_KEYS", "set it to id:base64key with a key of 32 random bytes");
  try {
    return parseKeyring(text);
  } catch (error) {
    throw new ConfigError(`ENCRYPTION_KEYS is not usable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export interface WhatsAppConfig {
  /** Signs the webhooks of the platform's own Meta app. */
  appSecret: string;
  verifyToken: string;
  apiBaseUrl: string;
  apiVersion: string;
}

/** What the simulator and a development installation agree on. Refused in production. */
export const SIMULATOR_WHATSAPP = { appSecret: "simulator-app-secret", verifyToken: "simulator-verify-token" } as const;

export function readWhatsAppConfig(env: Env): WhatsAppConfig {
  const fallback = isProduction(env) ? undefined : SIMULATOR_WHATSAPP;
  const appSecret = read(env, "WHATSAPP_APP_SECRET") ?? fallback?.appSecret;
  const verifyToken = read(env, "WHATSAPP_VERIFY_TOKEN") ?? fallback?.verifyToken;
  if (!appSecret || !verifyToken) {
    throw new ConfigError("WHATSAPP_APP_SECRET and WHATSAPP_VERIFY_TOKEN are required in production");
  }
  const apiVersion = read(env, "WHATSAPP_API_VERSION") ?? "v25.0";
  if (!/^v\d+\.\d+$/.test(apiVersion))
    throw new ConfigError(`WHATSAPP_API_VERSION must look like v25.0, not "${apiVersion}"`);
  const apiBaseUrl = read(env, "WHATSAPP_API_BASE_URL")
    ? readUrl(env, "WHATSAPP_API_BASE_URL", ["http:", "https:"]).replace(/\/+$/, "")
    : "https://graph.facebook.com";
  return { appSecret, verifyToken, apiBaseUrl, apiVersion };
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

export function readLogLevel(env: Env): string {
  const level = read(env, "LOG_LEVEL") ?? "info";
  if (!LOG_LEVELS.includes(level))
    throw new ConfigError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}, not "${level}"`);
  return level;
}

export function readPort(env: Env, name: string, fallback: number): number {
  const parsed = z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .safeParse(read(env, name) ?? fallback);
  if (!parsed.success) throw new ConfigError(`${name} must be a port number, not "${env[name]}"`);
  return parsed.data;
}

/** A time in milliseconds that an installation may set otherwise. */
export function readDurationMs(env: Env, name: string, fallback: number): number {
  const parsed = z.coerce
    .number()
    .int()
    .min(1)
    .safeParse(read(env, name) ?? fallback);
  if (!parsed.success) throw new ConfigError(`${name} must be a number of milliseconds, not "${env[name]}"`);
  return parsed.data;
}

/**
 * A URL with one of `protocols`, a host, and user, password and path that can be decoded. Its text may hold a password,
 * so the error does not repeat it.
 */
export function readUrl(env: Env, name: string, protocols: string[]): string {
  const form = `set it to ${protocols[0]}//host…, and percent-encode what is special in a password (/ as %2F)`;
  const text = required(env, name, form);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // "postgres:secret" is a URL as well, one without a host: drivers would take it for a server of their own choice.
  if (!url || !protocols.includes(url.protocol) || url.host === "") {
    throw new ConfigError(`${name} is not a ${protocols.map((each) => `${each}//`).join(" or ")} URL: ${form}`);
  }
  if (![url.username, url.password, url.pathname].every(isDecodable)) {
    throw new ConfigError(`${name} has a % that encodes nothing: write it as %25`);
  }
  return text;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function required(env: Env, name: string, advice: string): string {
  const value = read(env, name);
  if (value === undefined) throw new ConfigError(`${name} is missing: ${advice}`);
  return value;
}
