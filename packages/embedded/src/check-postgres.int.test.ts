import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@parley/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkPostgres, MISSING_DATABASE, SIGN_IN_REFUSALS } from "./check-postgres.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import { startPostgres } from "./postgres.ts";

let directory: string;
let server: EmbeddedServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-embedded-"));
  server = await startPostgres({ dataDir: join(directory, "postgres"), log: () => {} });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

function check(change: (url: URL) => void, options: { accept?: readonly string[]; statement?: string } = {}) {
  const url = new URL(server.url);
  change(url);
  return checkPostgres({ name: "DATABASE_APP_URL", url: url.toString(), advice: "correct it", ...options });
}

const toStranger = (url: URL): void => {
  url.username = "stranger";
  url.password = "hidden-word";
};
const toNowhere = (url: URL): void => {
  url.pathname = "/nowhere";
};

test("whoever is let in passes", async () => {
  await expect(check(() => {}, { statement: "select 1" })).resolves.toBeUndefined();
});

test("a refusal is one sentence with the variable, the server and PostgreSQL's reason, without the password", async () => {
  const refusal = check(toStranger);
  await expect(refusal).rejects.toThrow(ConfigError);
  await expect(refusal).rejects.toThrow(
    /^DATABASE_APP_URL: no usable answer from 127\.0\.0\.1:\d+ \(password authentication failed for user "stranger"\); correct it$/,
  );
  await expect(check(toNowhere)).rejects.toThrow(/\(database "nowhere" does not exist\)/);
});

test("a refusal that something later puts right passes, another one does not", async () => {
  await expect(check(toStranger, { accept: SIGN_IN_REFUSALS })).resolves.toBeUndefined();
  await expect(check(toNowhere, { accept: [MISSING_DATABASE] })).resolves.toBeUndefined();
  await expect(check(toStranger, { accept: [MISSING_DATABASE] })).rejects.toThrow("password authentication failed");
});

test("who may sign in but not do what is needed is refused", async () => {
  await expect(check(() => {}, { statement: "select from tenant" })).rejects.toThrow(
    'relation "tenant" does not exist',
  );
});

test("a server that is not there is never accepted", async () => {
  const elsewhere = check(
    (url) => {
      url.port = "9";
    },
    { accept: [MISSING_DATABASE, ...SIGN_IN_REFUSALS] },
  );
  await expect(elsewhere).rejects.toThrow("127.0.0.1:9 (ECONNREFUSED)");
});
