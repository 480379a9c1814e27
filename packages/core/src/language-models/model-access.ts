import { createCircuits, createModelClient, type ModelClient } from "@parley/models";
import { createGuardedFetch, type Clock, type Keyring, type Logger } from "@parley/runtime";
import { openApiKey, type AiSettings } from "./ai-settings.ts";

/** Settings that name a model. */
export interface SettingsWithModel extends AiSettings {
  provider: NonNullable<AiSettings["provider"]>;
  model: string;
}

/** How this process reaches its tenants' models. */
export interface ModelAccess {
  /** What is reached although it is not public, as `createGuardedFetch` takes it. */
  privateHosts: readonly string[];
  /** How long a question may take, with all its attempts. */
  timeoutMs: number;
  /** The client for a tenant's settings as they are. Throws when the keyring cannot read the key. */
  clientFor(keyring: Keyring, settings: SettingsWithModel): ModelClient;
  close(): Promise<void>;
}

/** Shorter than a request to the API may take, with what it does besides. */
const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
/** The longest answer of any task, in tokens. */
export const MOST_OUTPUT_TOKENS = 4_000;
/** Once more after a failure that may pass: somebody waits for the answer. */
const RETRIES = 1;
/** How often one question may be charged for: asked, asked again, and asked to mend what was answered. */
export const MOST_ANSWERS = RETRIES + 2;
const MOST_CLIENTS = 1_000;

/** Clients are kept for as long as a tenant's settings stay as they are: with them what they learned, and their circuit. */
export function createModelAccess(options: {
  privateHosts: readonly string[];
  timeoutMs?: number;
  clock: Clock;
  logger: Logger;
}): ModelAccess {
  const { privateHosts, timeoutMs = TIMEOUT_MS, clock, logger } = options;
  const fetch = createGuardedFetch({ allowPrivate: privateHosts, maxBytes: MAX_ANSWER_BYTES, timeoutMs });
  const circuits = createCircuits({ clock });
  const clients = new Map<string, { version: number; client: ModelClient }>();

  return {
    privateHosts,
    timeoutMs,
    clientFor(keyring, settings) {
      const { tenantId, version, provider, baseUrl, model, temperature } = settings;
      const kept = clients.get(tenantId);
      if (kept?.version === version) return kept.client;
      const client = createModelClient({
        settings: {
          provider: provider === "GOOGLE" ? "google" : "openai_compatible",
          baseUrl,
          apiKey: openApiKey(keyring, settings) ?? "",
          model,
          temperature,
          maxOutputTokens: MOST_OUTPUT_TOKENS,
        },
        fetch,
        clock,
        logger,
        circuit: circuits.of(`${tenantId} ${version}`),
        retries: RETRIES,
      });
      clients.delete(tenantId);
      // The one that was put in first is forgotten first.
      const [oldest] = clients.keys();
      if (oldest !== undefined && clients.size >= MOST_CLIENTS) clients.delete(oldest);
      clients.set(tenantId, { version, client });
      return client;
    },
    close: () => fetch.close(),
  };
}
