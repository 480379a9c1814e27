import { readSystemConfig, type SystemConfig } from "@parley/core/context";
import { readModelConfig, type ModelConfig } from "@parley/core/language-models";
import {
  ConfigError,
  isProduction,
  readHttpConfig,
  readSecrets,
  readWhatsAppConfig,
  type Env,
  type HttpConfig,
  type WhatsAppConfig,
} from "@parley/runtime";
import { readRateLimits, type RateLimits } from "./http/rate-limit-config.ts";

export interface ApiConfig {
  system: SystemConfig;
  http: HttpConfig;
  jwtSecret: string;
  whatsApp: WhatsAppConfig;
  models: ModelConfig;
  /** Null: requests are not limited. */
  rateLimits: RateLimits | null;
  /** Cookies are sent over TLS only. */
  secureCookies: boolean;
}

/** The demo's, written in its README. */
const DEMO_SUPERADMIN_PASSWORD = "change-me-now";

/** Throws a ConfigError that names the variable and says what to set. */
export function readApiConfig(env: Env): ApiConfig {
  if (isProduction(env) && env["SUPERADMIN_PASSWORD"] === DEMO_SUPERADMIN_PASSWORD) {
    throw new ConfigError("SUPERADMIN_PASSWORD is the demo's: set it to a password of your own.");
  }
  return {
    system: readSystemConfig(env),
    http: readHttpConfig(env),
    jwtSecret: readSecrets(env).jwtSecret,
    whatsApp: readWhatsAppConfig(env),
    models: readModelConfig(env),
    rateLimits: readRateLimits(env),
    secureCookies: isProduction(env),
  };
}
