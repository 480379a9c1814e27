import {
  afterCommit,
  isStatementTimeout,
  openDatabase,
  statement,
  together,
  TransactionConflict,
  unnamed,
  type Database,
  type Sql,
} from "@parley/db";
import { openTenantPool, tenantSqlOn } from "@parley/db/tenant-sql";
import { parseKeyring } from "@parley/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
    const { rows } = await pool.query<{ pid: number; tenant: string; planning: string; joins: string }>(
      `select pg_backend_pid() as pid, coalesce(current_setting('app.tenant_id', true), '') as tenant,
              current_setting('plan_cache_mode') as planning, current_setting('enable_hashjoin') as joins`,
    );
    return rows[0];
  };
  try {
    const sql = tenantSqlOn(pool, await tenantWith("One"));
    const nothing = await find();
    expect(nothing).toMatchObject({ tenant: "", planning: "auto", joins: "on" });
    expect(await sql.rows(NAMES, [])).toHaveLength(1);
    expect(await find()).toEqual(nothing);
    await sql.transaction((tx) => tx.run(RENAME, ["Two"]));
    expect(await find()).toEqual(nothing);
    await expect(sql.rows(FAILING, [0])).rejects.toThrow("division by zero");
    await expect(sql.transaction((tx) => tx.rows(FAILING, [0]))).rejects.toThrow("division by zero");
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

test("a statement with a name is planned once, whatever its values; none of a request starts processes to help", async () => {
  const pool = openTenantPool(testDatabase.appUrl, 1, TIMEOUTS);
  try {
    const sql = tenantSqlOn(pool, await tenantWith("One"));
    for (let run = 0; run < 3; run += 1) await sql.transaction((tx) => tx.run(RENAME, [`Run ${run}`]));
    const { rows } = await pool.query(
      `select generic_plans::int as generic, custom_plans::int as custom,
              current_setting('max_parallel_workers_per_gather') as helpers
         from pg_prepared_statements where name = $1`,
      [RENAME.name],
    );
    expect(rows).toEqual([{ generic: 3, custom: 0, helpers: "0" }]);
  } finally {
    await pool.end();
  }
});

test("what is written is the tenant's own, and stays", async () => {
  const [one, two] = [await tenantWith("One"), await tenantWith("Two")];
  expect(await database.tenantSql(one).run(RENAME, ["Renamed"])).toBe(1);
  expect(await database.tenantSql(one).rows(NAMES, [])).toEqual([{ name: "Renamed" }]);
  expect(await database.tenantSql(two).rows(NAMES, [])).toEqual([{ name: "Two" }]);
});

const names = async (tenantId: string): Promise<string[]> =>
  (await database.tenantSql(tenantId).rows(NAMES, [])).map(({ name }) => name);

describe("a transaction", () => {
  test("sees its tenant's rows and nobody else's, many at once on few connections, also when some fail", async () => {
    const tenants = await Promise.all(
      ["One", "Two", "Three", "Four"].map(async (name) => [name, await tenantWith(name)]),
    );
    const asked = Array.from({ length: 200 }, (_empty, index) => {
      const [name = "", tenantId = ""] = tenants[index % tenants.length] ?? [];
      const seeing = database.tenantSql(tenantId).transaction(async (tx) => {
        const [first] = await together([tx.rows(NAMES, []), tx.rows(SETTING, [])]);
        if (index % 7 === 0) await tx.rows(FAILING, [0]);
        return [...first, ...(await tx.rows(NAMES, []))];
      });
      return seeing.then(
        (seen) => ({ seen, wanted: [{ name }, { name }] }),
        (error: unknown) => ({ seen: String(error), wanted: "error: division by zero" }),
      );
    });
    for (const { seen, wanted } of await Promise.all(asked)) expect(seen).toEqual(wanted);
  });

  test("is all or nothing, and tells of its commit", async () => {
    const tenantId = await tenantWith("One");
    const told: string[] = [];
    const rename = (to: string, error?: Error): Promise<void> =>
      database.tenantSql(tenantId).transaction(async (tx) => {
        await tx.run(RENAME, [to]);
        afterCommit(tx, () => told.push(to));
        if (error) throw error;
      });
    await expect(rename("Two", new Error("no"))).rejects.toThrow("no");
    expect(await names(tenantId)).toEqual(["One"]);
    await rename("Three");
    expect(await names(tenantId)).toEqual(["Three"]);
    expect(told).toEqual(["Three"]);
  });

  test("is run again when it finds its own view outdated", async () => {
    let runs = 0;
    const tenantId = await tenantWith("One");
    const seen = await database.tenantSql(tenantId).transaction(async (tx) => {
      runs += 1;
      if (runs === 1) throw new TransactionConflict("once more");
      return tx.rows(NAMES, []);
    });
    expect({ runs, seen }).toEqual({ runs: 2, seen: [{ name: "One" }] });
  });

  test("of a tenant that is none is refused as such, whatever was sent along", async () => {
    const asking = database.tenantSql("no uuid").transaction((tx) => tx.rows(NAMES, []));
    await expect(asking).rejects.toThrow("invalid input syntax for type uuid");
    const tenantId = await tenantWith("One");
    expect(await names(tenantId)).toEqual(["One"]);
  });

  test("of which a statement failed is not taken for committed, even if nobody heard of the failure", async () => {
    const tenantId = await tenantWith("One");
    const deaf = database.tenantSql(tenantId).transaction(async (tx) => {
      await tx.run(RENAME, ["Two"]);
      await tx.rows(FAILING, [0]).catch(() => undefined);
    });
    await expect(deaf).rejects.toThrow("rolled back");
    expect(await names(tenantId)).toEqual(["One"]);
  });

  test("that has ended refuses whoever asks on: its connection belongs to others", async () => {
    const [one, two] = [await tenantWith("One"), await tenantWith("Two")];
    let ended: Sql | undefined;
    await database.tenantSql(one).transaction(async (tx) => {
      ended = tx;
    });
    await expect(ended?.rows(NAMES, [])).rejects.toThrow("has ended");
    await expect(ended?.run(RENAME, ["Three"])).rejects.toThrow("has ended");
    expect(await names(two)).toEqual(["Two"]);
  });
});

test("of statements that were sent together the first that failed says why", async () => {
  const tenantId = await tenantWith("One");
  const refused = database.tenantSql(tenantId).transaction(async (tx) => {
    const refusing = async (): Promise<never> => {
      await tx.rows(NAMES, []);
      throw new Error("the first");
    };
    return together([refusing(), tx.rows(FAILING, [0]), tx.rows(NAMES, [])]);
  });
  await expect(refused).rejects.toThrow("the first");
});
