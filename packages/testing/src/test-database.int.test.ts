import { statement } from "@parley/db";
import { Client } from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "./test-database.ts";

const ONE = statement<{ one: number }>("test_select_one", "select 1 as one");

test("a test database closes when nobody else is connected", async () => {
  const testDatabase = await createTestDatabase();
  expect(await testDatabase.database.system.rows(ONE, [])).toEqual([{ one: 1 }]);
  await testDatabase.close();
});

test("a test database names the connection that was left open, and is gone all the same", async () => {
  const testDatabase = await createTestDatabase();
  const forgotten = new Client({ connectionString: testDatabase.appUrl });
  forgotten.on("error", () => undefined);
  await forgotten.connect();
  await forgotten.query("select 'forgotten'");

  await expect(testDatabase.close()).rejects.toThrow(/left open: parley_app \(idle\) after "select 'forgotten'"/);

  const again = new Client({ connectionString: testDatabase.appUrl });
  await expect(again.connect()).rejects.toThrow(/does not exist/);
});
