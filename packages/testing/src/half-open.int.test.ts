import { isConnectionFailure, openDatabase, statement, type Database } from "@parley/db";
import { newId } from "@parley/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFreezableRelay, type FreezableRelay } from "./freezable-relay.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const ONE = statement<{ one: number }>("half_open_one", "select 1 as one");
const SLEEP = statement<object>("half_open_sleep", "select pg_sleep(60)");
const TIMEOUTS = { connect: 500, statement: 1_000, silence: 1_200 };

let testDatabase: TestDatabase;
let relay: FreezableRelay;
let database: Database;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  relay = await startFreezableRelay(testDatabase.systemUrl);
  const { appUrl, systemUrl } = testDatabase;
  database = openDatabase(
    { appUrl: relay.through(appUrl), systemUrl: relay.through(systemUrl) },
    { pools: { app: 1, appSql: 1, system: 1, sql: 1 }, timeouts: TIMEOUTS },
  );
});

afterEach(async () => {
  await database.close();
  await relay.close();
  await testDatabase.close();
});

/** Every way to the data, each with a statement of its own. */
const WAYS: [string, () => Promise<unknown>][] = [
  ["a statement", () => database.system.rows(ONE, [])],
  ["a transaction of statements", () => database.system.transaction((sql) => sql.rows(ONE, []))],
  ["a tenant's statement", () => database.tenantSql(newId()).rows(ONE, [])],
  ["a tenant's statements", () => database.tenantSql(newId()).transaction((tx) => tx.rows(ONE, []))],
  ["a tenant's transaction", () => database.withTenant(newId(), (tx) => tx.contact.count())],
  ["the system's transaction", () => database.withSystem((tx) => tx.contact.count())],
];

test.each(WAYS)("%s on a connection that died without a word fails in time, and the next one works", async (_, run) => {
  await run();
  relay.freeze();
  const error: unknown = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toSatisfy(isConnectionFailure);
  relay.thaw();
  await run();
});

test("a connection that dies in the middle of a transaction is not given to anybody else", async () => {
  const dying = database.withSystem(async (tx) => {
    await tx.contact.count();
    relay.freeze();
    await tx.contact.count();
  });
  await expect(dying).rejects.toSatisfy(isConnectionFailure);
  relay.thaw();
  expect(await database.withSystem((tx) => tx.contact.count())).toBe(0);
});

test("the server cancels a statement that takes too long, as a failure that is worth another try", async () => {
  await expect(database.system.rows(SLEEP, [])).rejects.toSatisfy(isConnectionFailure);
  await expect(database.withSystem((tx) => tx.$executeRaw`select pg_sleep(60)`)).rejects.toSatisfy(isConnectionFailure);
  expect(await database.system.rows(ONE, [])).toEqual([{ one: 1 }]);
});

test("a transaction that is allowed to may take longer, and the next one on its connection may not", async () => {
  const slow = statement<object>("half_open_slow", "select pg_sleep(1.5)");
  const slept = await database.system.transaction((sql) => sql.rows(slow, []), { patienceMs: 20_000 });
  expect(slept).toHaveLength(1);
  relay.freeze();
  await expect(database.system.rows(ONE, [])).rejects.toSatisfy(isConnectionFailure);
  relay.thaw();
  await expect(database.system.rows(SLEEP, [])).rejects.toSatisfy(isConnectionFailure);
});
