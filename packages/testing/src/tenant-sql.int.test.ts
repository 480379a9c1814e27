import { isStatementTimeout, openDatabase, statement, unnamed, type Database } from "@parley/db";
import { openTenantPool, tenantSqlOn } from "@parley/db/tenant-sql";
import { parseKeyring } from "@parley/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildContact } from "./builders/build-contact.ts";
import { buildTenant } from "./builders/build-tenant.ts";
import type { BuilderContext } from "./builders/builder-context.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const NAMES = statement<{ name: string }>("tenant_sql_names", "select name from contact order by name");
const SETTING = statement<{ tenant: string | null }>(
  "tenant_sql_setting",
  "select current_setting('app.tenant_id', true) as tenant",
);
const RENAME = statement("tenant_sql_rename", "update contact set name = $1");
const FAILING = unnamed<{ one: number }>("select 1 / $1::int as one");
const SLEEP = unnamed<object>("select pg_sleep(60)");
const TIMEOUTS = { connect: 5_000, statement: 1_000, silence: 5_000 };

let testDatabase: TestDatabase;
/** With two connections for everybody. */
let database: Database;
let context: BuilderContext;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase, { pools: { appSql: 2 }, timeouts: TIMEOUTS });
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

test("many tenants on few connections see their own rows and nobody else's, also when statements fail in between", async () => {
  const tenants = await Promise.all(
    ["One", "Two", "Three", "Four"].map(async (name) => [name, await tenantWith(name)]),
  );
  const asked = Array.from({ length: 200 }, async (_empty, index) => {
    const [name = "", tenantId = ""] = tenants[index % tenants.length] ?? [];
    const sql = database.tenantSql(tenantId);
    if (index % 7 === 0) await sql.rows(FAILING, [0]).catch(() => undefined);
    return { name, seen: await sql.rows(NAMES, []) };
  });
  for (const { name, seen } of await Promise.all(asked)) expect(seen).toEqual([{ name }]);
});

test("nothing of a tenant stays on the connection, whether its statement succeeded, failed or took too long", async () => {
  const pool = openTenantPool(testDatabase.appUrl, 1, TIMEOUTS);
  /** What whoever has the connection next finds on it before they say whose rows they want. */
  const find = async () => {
    const { rows } = await pool.query<{ pid: number; tenant: string }>(
      "select pg_backend_pid() as pid, coalesce(current_setting('app.tenant_id', true), '') as tenant",
    );
    return rows[0];
  };
  try {
    const sql = tenantSqlOn(pool, await tenantWith("One"));
    const nothing = await find();
    expect(nothing?.tenant).toBe("");
    expect(await sql.rows(NAMES, [])).toHaveLength(1);
    expect(await find()).toEqual(nothing);
    await expect(sql.rows(FAILING, [0])).rejects.toThrow("division by zero");
    expect(await find()).toEqual(nothing);
    await expect(sql.rows(SLEEP, [])).rejects.toSatisfy(isStatementTimeout);
    expect(await find()).toEqual(nothing);
    expect((await pool.query("select from contact")).rowCount).toBe(0);
  } finally {
    await pool.end();
  }
});

test("a tenant that is none is refused before anything is read, and the connection is as good as before", async () => {
  await expect(database.tenantSql("no uuid").rows(NAMES, [])).rejects.toThrow("invalid input syntax for type uuid");
  const tenantId = await tenantWith("One");
  expect(await database.tenantSql(tenantId).rows(SETTING, [])).toEqual([{ tenant: tenantId }]);
});

test("what is written is the tenant's own, and stays", async () => {
  const [one, two] = [await tenantWith("One"), await tenantWith("Two")];
  expect(await database.tenantSql(one).run(RENAME, ["Renamed"])).toBe(1);
  expect(await database.tenantSql(one).rows(NAMES, [])).toEqual([{ name: "Renamed" }]);
  expect(await database.tenantSql(two).rows(NAMES, [])).toEqual([{ name: "Two" }]);
});
