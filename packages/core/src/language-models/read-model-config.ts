import { assertPublicUrl, ConfigError, type Env } from "@parley/runtime";

export interface ModelConfig {
  /** What models are reached at although it is not public, as `createGuardedFetch` takes it. */
  privateHosts: string[];
}

/** Some public place, which no entry can keep us from. */
const ANY_URL = "https://models.example";

/** Throws a ConfigError that names MODEL_PRIVATE_HOSTS if an entry is none. */
export function readModelConfig(env: Env): ModelConfig {
  const privateHosts = (env["MODEL_PRIVATE_HOSTS"] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  try {
    assertPublicUrl(ANY_URL, privateHosts);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`MODEL_PRIVATE_HOSTS: ${error.message}`) : error;
  }
  return { privateHosts };
}
