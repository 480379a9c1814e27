import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveRoleUrls, migrateDatabase } from "@parley/db";
import { startPostgres, type EmbeddedServer } from "@parley/embedded";
import { processEnv } from "@parley/runtime";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

// Roles belong to the whole server, so these tests need one that nobody else uses.
let directory: string;
let server: EmbeddedServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-roles-"));
  server = await startPostgres({ dataDir: join(directory, "postgres"), log: () => undefined });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function userOf(connectionString: string): Promise<string | undefined> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    return (await client.query<{ user: string }>("select current_user as user")).rows[0]?.user;
  } finally {
    await client.end();
  }
}

test("the roles sign in with derived passwords, or with those that the installation chose", async () => {
  const derived = deriveRoleUrls(server.url);
  await migrateDatabase(server.url, processEnv);
  expect([await userOf(derived.appUrl), await userOf(derived.systemUrl)]).toEqual(["parley_app", "parley_system"]);

  const chosen = new URL(derived.appUrl);
  chosen.password = "it's%20chosen";
  await migrateDatabase(server.url, processEnv, { ...derived, appUrl: chosen.toString() });
  expect([await userOf(chosen.toString()), await userOf(derived.systemUrl)]).toEqual(["parley_app", "parley_system"]);
  await expect(userOf(derived.appUrl)).rejects.toThrow(/password authentication failed/);
});
