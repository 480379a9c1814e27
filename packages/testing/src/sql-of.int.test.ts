import { afterCommit, openDatabase, sqlOf, statement, unnamed, type Database, type Sql } from "@parley/db";
import { parseKeyring } from "@parley/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildContact } from "./builders/build-contact.ts";
import { buildTenant } from "./builders/build-tenant.ts";
import type { BuilderContext } from "./builders/builder-context.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const NAMES = statement<{ name: string }>("sql_of_names", "select name from contact order by name");
const RENAME = statement("sql_of_rename", "update contact set name = $1");
const PID = statement<{ pid: number }>("sql_of_pid", "select pg_backend_pid() as pid");
const FAILING = unnamed<object>("select 1 / $1::int");

let testDatabase: TestDatabase;
/** With few connections for everybody. */
let database: Database;
let context: BuilderContext;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase, { pools: { app: 2, system: 2 } });
  context = { database, keyring: parseKeyring(`test:${Buffer.alloc(32, 1).toString("base64")}`) };
});

afterEach(async () => {
  await database.close();
  await testDatabase.close();
});

async function tenantWith(name: string): Promise<string> {
  const { id: tenantId } = await buildTenant(context);
  await buildContact(context, { tenantId, name });
  return tenantId;
}

const names = (tenantId: string) =>
  database.withTenant(tenantId, async (tx) => (await tx.contact.findMany()).map(({ name }) => name));

test("the SQL of a transaction of Prisma's is within it: each sees what the other has written", async () => {
  const tenantId = await tenantWith("One");
  await database.withTenant(tenantId, async (tx) => {
    await tx.contact.updateMany({ data: { name: "Two" } });
    expect(await sqlOf(tx).rows(NAMES, [])).toEqual([{ name: "Two" }]);
    await sqlOf(tx).run(RENAME, ["Three"]);
    expect((await tx.contact.findFirstOrThrow()).name).toBe("Three");
  });
  expect(await names(tenantId)).toEqual(["Three"]);
});

test("many transactions of several tenants at once each see their own rows, by either way", async () => {
  const tenants = await Promise.all(["One", "Two", "Three"].map(async (name) => [name, await tenantWith(name)]));
  const asked = Array.from({ length: 90 }, (_empty, index) => {
    const [name = "", tenantId = ""] = tenants[index % tenants.length] ?? [];
    const seeing = database.withTenant(tenantId, async (tx) => {
      const [bySql, byPrisma] = [
        await sqlOf(tx).rows(NAMES, []),
        await tx.contact.findMany({ select: { name: true } }),
      ];
      if (index % 7 === 0) await sqlOf(tx).rows(FAILING, [0]);
      return [...bySql, ...byPrisma];
    });
    return seeing.then(
      (seen) => ({ seen, wanted: [{ name }, { name }] }),
      (error: unknown) => ({ seen: String(error), wanted: "error: division by zero" }),
    );
  });
  for (const { seen, wanted } of await Promise.all(asked)) expect(seen).toEqual(wanted);
});

test("it goes with a rollback, and what waits for the commit is told by either way", async () => {
  const tenantId = await tenantWith("One");
  const told: string[] = [];
  const rename = (to: string, error?: Error): Promise<void> =>
    database.withTenant(tenantId, async (tx) => {
      await sqlOf(tx).run(RENAME, [to]);
      afterCommit(tx, () => told.push(`${to} of Prisma`));
      afterCommit(sqlOf(tx), () => told.push(`${to} of SQL`));
      if (error) throw error;
    });
  await expect(rename("Two", new Error("no"))).rejects.toThrow("no");
  await rename("Three");
  expect(await names(tenantId)).toEqual(["Three"]);
  expect(told).toEqual(["Three of Prisma", "Three of SQL"]);
});

const pid = async (sql: Sql): Promise<number | undefined> => (await sql.rows(PID, []))[0]?.pid;

test("a transaction within another one has a connection of its own", async () => {
  const tenantId = await tenantWith("One");
  await database.withTenant(tenantId, async (outer) => {
    const outerPid = await pid(sqlOf(outer));
    const innerPid = await database.withTenant(tenantId, (inner) => pid(sqlOf(inner)));
    expect(innerPid).not.toBe(outerPid);
    expect(await pid(sqlOf(outer))).toBe(outerPid);
  });
});

test("after the end it is refused: the connection belongs to others", async () => {
  const tenantId = await tenantWith("One");
  const kept: Sql[] = [];
  const keep = (error?: Error): Promise<void> =>
    database.withTenant(tenantId, async (tx) => {
      kept.push(sqlOf(tx));
      if (error) throw error;
    });
  await keep();
  await expect(keep(new Error("no"))).rejects.toThrow("no");
  await database.withSystem(async (tx) => {
    kept.push(sqlOf(tx));
  });
  expect(kept).toHaveLength(3);
  for (const sql of kept) await expect(sql.run(RENAME, ["Two"])).rejects.toThrow("has ended");
  expect(await names(tenantId)).toEqual(["One"]);
});

test("what is no transaction of the database has no SQL", () => {
  expect(() => sqlOf({} as Sql)).toThrow("needs an open transaction");
});
