export { systemClock, type Clock } from "./clock.ts";
export {
  ConfigError,
  SIMULATOR_WHATSAPP,
  isProduction,
  readDurationMs,
  processEnv,
  readHttpConfig,
  readKeyring,
  readLogLevel,
  readOwnerDatabaseUrl,
  readPort,
  readRedisUrl,
  readSecrets,
  readUrl,
  readWhatsAppConfig,
  type DatabaseConfig,
  type Env,
  type HttpConfig,
  type SecretsConfig,
  type WhatsAppConfig,
} from "./config.ts";
export { DomainError, isRetryable, type DomainErrorCode, type FieldError } from "./domain-error.ts";
export { assertPublicUrl } from "./guarded-http/assert-public-url.ts";
export {
  createGuardedFetch,
  type Fetch,
  type GuardedFetch,
  type GuardedFetchOptions,
} from "./guarded-http/guarded-fetch.ts";
export { OutboundError, type OutboundErrorCode } from "./guarded-http/outbound-error.ts";
export { createArrivalIds, idWithinArrival, nameBasedId, newId } from "./ids.ts";
export { keyedHash, matchesKeyedHash } from "./keyed-hash.ts";
export { createLogger, createSilentLogger, type Logger } from "./logger.ts";
export { createMicroBatch, type MicroBatch } from "./micro-batch.ts";
export { runEvery, type Periodic } from "./periodic.ts";
export { runProcess } from "./run-process.ts";
export { decryptSecret, encryptSecret, parseKeyring, type Keyring, type SecretBinding } from "./secrets.ts";
export { step } from "./step.ts";
export { shorten } from "./shorten.ts";
export { createShutdownStack, type ShutdownStack } from "./shutdown.ts";
