// `node prisma/migrate.ts`: applies the migrations to DATABASE_URL and gives the two roles their passwords, those in
// DATABASE_APP_URL and DATABASE_SYSTEM_URL if these are set.
import { migrateDatabase, readDatabaseConfig } from "../packages/db/src/index.ts";
import { ConfigError, processEnv, readOwnerDatabaseUrl } from "../packages/runtime/src/index.ts";

try {
  await migrateDatabase(readOwnerDatabaseUrl(processEnv), processEnv, readDatabaseConfig(processEnv));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}
