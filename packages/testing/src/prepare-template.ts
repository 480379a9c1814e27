import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deriveRoleUrls, migrateDatabase } from "@parley/db";
import type { Env } from "@parley/runtime";
import { Client } from "pg";
import { databaseUrl } from "./test-services.ts";

const MIGRATIONS = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));
const TEMPLATE_PREFIX = "parley_template_";
export const CLONE_PREFIX = "parley_test_";
/** Any number that nothing else uses: two runs must not make the same template at the same time. */
const TEMPLATE_LOCK = 7_275_390_002;

/**
 * The name of a migrated database on the server of `adminUrl`, made unless it is there. The name carries a hash of the
 * migrations, so it is made again only when they change. With `ownsServer` the leavings of earlier runs are dropped.
 */
export async function prepareTemplate(adminUrl: string, ownsServer: boolean, env: Env): Promise<string> {
  const template = `${TEMPLATE_PREFIX}${await hashOfMigrations(adminUrl)}`;
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    if (ownsServer) await dropLeavings(admin, template);
    const { rowCount } = await admin.query("select from pg_database where datname = $1 and datistemplate", [template]);
    if (rowCount === 0) await makeTemplate(admin, adminUrl, template, env);
    return template;
  } finally {
    await admin.end();
  }
}

async function makeTemplate(admin: Client, adminUrl: string, template: string, env: Env): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await admin.query(`create database ${unfinished}`);
  await migrateDatabase(databaseUrl(adminUrl, unfinished), env);
  await admin.query(`alter database ${unfinished} rename to ${template}`);
  // A database that somebody is connected to cannot be cloned.
  await admin.query(`alter database ${template} with is_template true allow_connections false`);
}

async function dropLeavings(admin: Client, template: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select datname as name from pg_database
      where (starts_with(datname, $1) or starts_with(datname, $2)) and datname <> $3`,
    [CLONE_PREFIX, TEMPLATE_PREFIX, template],
  );
  for (const { name } of rows) {
    await admin.query(`alter database ${name} with is_template false`);
    await admin.query(`drop database ${name} with (force)`);
  }
}

/** The roles' passwords belong to the template as well: they follow from the owner's. */
async function hashOfMigrations(adminUrl: string): Promise<string> {
  const hash = createHash("sha256").update(new URL(deriveRoleUrls(adminUrl).appUrl).password);
  const files = await readdir(MIGRATIONS, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".sql")).toSorted()) {
    hash.update(file).update(await readFile(join(MIGRATIONS, file)));
  }
  return hash.digest("hex").slice(0, 12);
}
