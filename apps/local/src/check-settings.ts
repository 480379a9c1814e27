import { readAppUrl, readMailConfig } from "@parley/mail";
import { readDurationMs, readLogLevel, readSecrets, readUrl, readWhatsAppConfig, type Env } from "@parley/runtime";

const URLS = {
  DATABASE_URL: ["postgres:", "postgresql:"],
  DATABASE_APP_URL: ["postgres:", "postgresql:"],
  DATABASE_SYSTEM_URL: ["postgres:", "postgresql:"],
  REDIS_URL: ["redis:", "rediss:"],
  SIMULATOR_WEBHOOK_URL: ["http:", "https:"],
};
const DURATIONS = ["SEND_TIMEOUT_MS", "SEND_LEASE_MS", "RECONCILE_INTERVAL_MS", "STRANDED_AFTER_MS"];

/**
 * Reads what the processes will read, secrets included, so that a wrong setting is a sentence now and not a process
 * that ends when everything else is up. Throws a ConfigError that names the variable.
 */
export function checkSettings(env: Env): void {
  for (const [name, protocols] of Object.entries(URLS)) if (env[name]) readUrl(env, name, protocols);
  for (const name of DURATIONS) readDurationMs(env, name, 1);
  readSecrets(env);
  readWhatsAppConfig(env);
  readMailConfig(env);
  readAppUrl(env);
  readLogLevel(env);
}
