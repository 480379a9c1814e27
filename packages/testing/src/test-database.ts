import { randomBytes } from "node:crypto";
import { deriveRoleUrls, openDatabase, type Database } from "@parley/db";
import { Client } from "pg";
import { inject } from "vitest";
import { CLONE_PREFIX } from "./prepare-template.ts";
import { databaseUrl } from "./test-services.ts";
import { waitUntil } from "./wait-until.ts";

/** A migrated, empty database that only this suite uses. */
export interface TestDatabase {
  database: Database;
  ownerUrl: string;
  appUrl: string;
  systemUrl: string;
  /** Closes and drops it. Throws when a connection to it is still open: whoever opened that one forgot it. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 5_000;

/** Since version 18, where the file system can: the blocks of the copies are shared, or copied within the kernel. */
const CLONE_FILES = `
  select set_config('file_copy_method', 'clone', false) from pg_settings
   where name = 'file_copy_method' and 'clone' = any(enumvals)`;

/**
 * Clones the template by its files, which costs a quarter of writing each block to the log (the default). The
 * checkpoints that it takes are cheap on a server without fsync.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject("testServices");
  const name = `${CLONE_PREFIX}${randomBytes(8).toString("hex")}`;
  // The same connection makes and drops it: a new one costs more than what it is for.
  const admin = new Client({ connectionString: adminUrl });
  // Whoever closes it learns by the next statement.
  admin.on("error", () => undefined);
  await admin.connect();
  await admin.query(CLONE_FILES);
  await admin.query(`create database ${name} template ${template} strategy file_copy`);
  const ownerUrl = databaseUrl(adminUrl, name);
  const { appUrl, systemUrl } = deriveRoleUrls(ownerUrl);
  const database = openDatabase({ appUrl, systemUrl });
  return {
    database,
    ownerUrl,
    appUrl,
    systemUrl,
    async close() {
      // A pool with a connection that nobody gave back would wait for ever; the count below then says so.
      await Promise.race([database.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref())]);
      try {
        const leaks = await connectionsThatStay(admin, name);
        await admin.query(`drop database ${name} with (force)`);
        if (leaks.length > 0) throw new Error(`connections were left open: ${leaks.join("; ")}`);
      } finally {
        await admin.end();
      }
    },
  };
}

/** A connection that was just closed takes the server a moment to notice. */
async function connectionsThatStay(admin: Client, name: string): Promise<string[]> {
  const find = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ usename: string; state: string; query: string }>(
      `select usename, coalesce(state, 'unknown') as state, left(query, 120) as query
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    return rows.map((row) => `${row.usename} (${row.state}) after "${row.query}"`);
  };
  try {
    await waitUntil(async () => (await find()).length === 0, "every connection is closed", 2_000);
    return [];
  } catch {
    return find();
  }
}
