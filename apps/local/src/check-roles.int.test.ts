import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateDatabase, readDatabaseConfig } from "@parley/db";
import { startPostgres, type EmbeddedServer } from "@parley/embedded";
import { ConfigError, processEnv } from "@parley/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkNamedRoles, checkRoles } from "./check-roles.ts";

// Roles belong to the whole server, so these tests need one that nobody else uses.
let directory: string;
let server: EmbeddedServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-roles-"));
  server = await startPostgres({ dataDir: join(directory, "postgres"), log: () => {} });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

function urlOf(user: string, part: { port?: string; database?: string } = {}): string {
  const url = new URL(server.url);
  url.username = user;
  url.password = "hidden-word";
  if (part.port) url.port = part.port;
  if (part.database) url.pathname = `/${part.database}`;
  return url.toString();
}

const named = (env: Record<string, string>) => checkNamedRoles({ DATABASE_URL: server.url, ...env });

async function sentenceOf(refused: Promise<void>): Promise<string> {
  const error: unknown = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error("this was not refused in a sentence", { cause: error });
  return error.message;
}

test("without URLs of their own there is nothing to check", async () => {
  await expect(checkNamedRoles({})).resolves.toBeUndefined();
});

test("a URL whose server does not answer is refused by name, without the password", async () => {
  for (const name of ["DATABASE_APP_URL", "DATABASE_SYSTEM_URL"]) {
    const sentence = await sentenceOf(named({ [name]: urlOf("parley_app", { port: "9" }) }));
    expect(sentence).toContain(`${name}: no usable answer from 127.0.0.1:9 (ECONNREFUSED); start that server`);
    expect(sentence).not.toContain("hidden-word");
  }
});

test("a user of the operator's own who is not let in is refused by name", async () => {
  const sentence = await sentenceOf(named({ DATABASE_SYSTEM_URL: urlOf("acme_system") }));
  expect(sentence).toMatch(/^DATABASE_SYSTEM_URL: .*password authentication failed for user "acme_system"/);
});

test("a URL that the migrations cannot belong to is refused", async () => {
  const sentence = await sentenceOf(checkNamedRoles({ DATABASE_APP_URL: urlOf("parley_app") }));
  expect(sentence).toMatch(/^DATABASE_APP_URL is set but DATABASE_URL is not: /);
});

test("the migrations' roles may still lack their passwords before the migrations, and must sign in and read after", async () => {
  const env = { DATABASE_URL: server.url, DATABASE_APP_URL: urlOf("parley_app") };
  await named(env);
  const database = readDatabaseConfig(env);
  expect(await sentenceOf(checkRoles(env, database))).toMatch(/^DATABASE_APP_URL: .*authentication failed/);
  await migrateDatabase(server.url, processEnv, database);
  await expect(checkRoles(env, database)).resolves.toBeUndefined();

  const elsewhere = { ...database, systemUrl: database.systemUrl.replace(/\/parley$/, "/postgres") };
  expect(await sentenceOf(checkRoles(env, elsewhere))).toMatch(
    /^DATABASE_SYSTEM_URL: .*relation "tenant" does not exist\); .*or set DATABASE_SYSTEM_URL to one that can$/,
  );
});
