import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ConfigError, type DatabaseConfig, type Env } from "@parley/runtime";
import pg from "pg";
import { isConnectionFailure, isMissingDatabase } from "./error-codes.ts";
import { deriveRoleUrls, readRolePasswords } from "./role-urls.ts";

const REPOSITORY_ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PRISMA_CLI = fileURLToPath(new URL("../node_modules/prisma/build/index.js", import.meta.url));
/** Any number that nothing else uses: two processes must not set the passwords of the roles at the same time. */
const ROLE_LOCK = 7_275_390_001;

/**
 * Applies the migrations that are missing, as the owner of the database, and lets the application's and the
 * system's role sign in as `roles` says; by default with passwords derived from the owner's. `env` is what the
 * migration tool runs with: its PATH, proxy and certificates. Throws a ConfigError when the server cannot be reached,
 * and the tool's own words when a migration fails.
 */
export async function migrateDatabase(
  ownerUrl: string,
  env: Env,
  roles: DatabaseConfig = deriveRoleUrls(ownerUrl),
): Promise<void> {
  await assertReachable(ownerUrl);
  try {
    await promisify(execFile)(process.execPath, [PRISMA_CLI, "migrate", "deploy"], {
      cwd: REPOSITORY_ROOT,
      env: { ...env, DATABASE_URL: ownerUrl },
    });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new Error(`the migrations failed: ${output.trim()}`, { cause: error });
  }
  await setRolePasswords(ownerUrl, roles);
}

async function assertReachable(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (error) {
    // The migration tool makes a database that is missing.
    if (isMissingDatabase(error)) return;
    const reason = error instanceof Error ? error.message : String(error);
    const advice = isConnectionFailure(error)
      ? "start PostgreSQL there or correct it"
      : "check user, password and database";
    throw new ConfigError(`DATABASE_URL cannot be used (${reason}): ${advice}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function setRolePasswords(ownerUrl: string, roles: DatabaseConfig): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [ROLE_LOCK]);
    for (const { role, password } of readRolePasswords(roles)) {
      const literal = client.escapeLiteral(password);
      await client.query(`alter role ${client.escapeIdentifier(role)} login password ${literal}`);
    }
    await client.query("commit");
  } finally {
    await client.end();
  }
}
