import { LAZY_COMMIT, openDatabase, statement, type Database } from "@parley/db";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const SHOW = statement<{ setting: string }>(
  "lazy_commit_show",
  "select current_setting('synchronous_commit') as setting",
);
const WAIT = statement<object>("lazy_commit_wait", "select set_config('synchronous_commit', 'local', false)");
const DO_LAZILY = statement<object>("lazy_commit_do", `select from generate_series(1, 3) where ${LAZY_COMMIT}`);

let testDatabase: TestDatabase;
/** With one connection. */
let database: Database;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase, { pools: { app: 1, system: 1 } });
});
afterEach(async () => {
  await database.close();
  await testDatabase.close();
});

test("a transaction that may commit lazily does, and the next one on its connection waits for the disk again", async () => {
  const { system } = database;
  // Whatever the server for tests does by itself.
  await system.rows(WAIT, []);
  await system.transaction(async (sql) => {
    expect(await sql.rows(SHOW, [])).toEqual([{ setting: "local" }]);
    expect(await sql.rows(DO_LAZILY, [])).toHaveLength(3);
    expect(await sql.rows(SHOW, [])).toEqual([{ setting: "off" }]);
  });
  await system.rows(DO_LAZILY, []);
  expect(await system.rows(SHOW, [])).toEqual([{ setting: "local" }]);
});
