export { checkPostgres, MISSING_DATABASE, SIGN_IN_REFUSALS } from "./check-postgres.ts";
export { ensureServices, type Services } from "./ensure-services.ts";
export { killWithParent, type ParentGuard } from "./kill-with-parent.ts";
export { startPostgres, type PostgresOptions } from "./postgres.ts";
export { startRedis, type RedisOptions } from "./redis.ts";
export { removeEmbeddedData } from "./remove-embedded-data.ts";
export { tailOf } from "./server-process.ts";
export type { EmbeddedServer, Log } from "./embedded-server.ts";
