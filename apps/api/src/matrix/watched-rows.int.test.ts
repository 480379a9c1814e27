import { runAsOwner } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openMatrix, tenantsOf, type Matrix } from "./matrix.fixture.ts";
import { ownedTables, type OwnedTable, type Tenants } from "./owned-rows.fixture.ts";
import { watchRows, type RowWatch } from "./watched-rows.fixture.ts";

/** So that one row of any table may be written by itself: nothing refers to it, and nothing refuses it. */
const LOOSEN = `
  do $$ declare each record; begin
    for each in
      select conrelid::regclass as "table", conname as name from pg_constraint
       where connamespace = 'public'::regnamespace and conrelid <> 0 and contype in ('c', 'f', 'p', 'u', 'x')
    loop
      execute format('alter table %s drop constraint if exists %I cascade', each."table", each.name);
    end loop;
    for each in
      select indexrelid::regclass as name from pg_index join pg_class c on c.oid = indrelid
       where c.relnamespace = 'public'::regnamespace and indisunique
    loop
      execute format('drop index %s', each.name);
    end loop;
    for each in
      select c.oid::regclass as "table", tgname as name from pg_trigger join pg_class c on c.oid = tgrelid
       where c.relnamespace = 'public'::regnamespace and not tgisinternal
    loop
      execute format('drop trigger %I on %s', each.name, each."table");
    end loop;
  end $$;
  grant select, insert, update, delete on all tables in schema public to parley_system;`;

let matrix: Matrix;
let tenants: Tenants;
let watch: RowWatch;

beforeAll(async () => {
  matrix = await openMatrix();
  tenants = tenantsOf(matrix.theirs);
  await runAsOwner(matrix.api.context.urls, LOOSEN);
  watch = await watchRows(matrix.api.context, tenants);
});

afterAll(() => matrix.api.close());

function run<Row>(sql: string, ...values: unknown[]): Promise<Row[]> {
  return matrix.api.context.database.withSystem((tx) => tx.$queryRawUnsafe<Row[]>(sql, ...values));
}

interface Found {
  /** Where it stands until it is written. */
  place: string;
  row: string;
}

/** A row of a table of which `where` holds, with the tenants as `$1`. */
async function find(table: string, where: string): Promise<Found> {
  const [found] = await run<Found>(
    `select t.ctid::text as place, to_jsonb(t)::text as row from "${table}" t where ${where} limit 1`,
    tenants,
  );
  if (!found) throw new Error(`There is no row in ${table}`);
  return found;
}

/** Writes other values, one column after the other; says where the row stands then. */
async function changeEach(table: string, found: Found, changes: Map<string, string>): Promise<string> {
  let { place } = found;
  for (const [column, value] of changes) {
    const [moved] = await run<Found>(
      `update "${table}" set "${column}" = ${value} where ctid = $1::tid returning ctid::text as place`,
      place,
    );
    place = moved?.place ?? "";
  }
  return place;
}

async function remove(table: string, place: string): Promise<void> {
  await run(`delete from "${table}" where ctid = $1::tid`, place);
}

async function insert({ table, columns }: OwnedTable, row: string): Promise<void> {
  const names = columns.filter(({ isGenerated }) => !isGenerated).map(({ column }) => `"${column}"`);
  await run(
    `insert into "${table}" (${names.join()}) overriding system value
     select ${names.join()} from jsonb_populate_record(null::"${table}", $1::jsonb)`,
    row,
  );
}

/** Another value for each column that has one of the usual types, and by which it is not known whose the row is. */
function otherValues({ columns, where }: OwnedTable): Map<string, string> {
  return new Map(
    columns.flatMap(({ column, type, isGenerated }) => {
      const value = isGenerated || where.includes(`t.${column} `) ? undefined : otherValue(`"${column}"`, type);
      return value === undefined ? [] : [[column, value]];
    }),
  );
}

function otherValue(column: string, type: string): string | undefined {
  switch (type) {
    case "text":
      return `coalesce(${column}, '') || 'x'`;
    case "smallint":
    case "integer":
    case "bigint":
    case "numeric":
      return `coalesce(${column}, 0) + 1`;
    case "boolean":
      return `not coalesce(${column}, false)`;
    case "date":
    case "timestamp with time zone":
      return `coalesce(${column}, now()) + interval '1 day'`;
    case "uuid":
      return "gen_random_uuid()";
    case "jsonb":
      return `jsonb_build_array(${column})`;
    default:
      return undefined;
  }
}

/** What each written row tells of itself, without its values. */
async function looked(): Promise<{ table: string; how: string; changed: string[] }[]> {
  return (await watch.look()).map(({ table, how, before, after }) => {
    const columns = Object.keys(before ?? after ?? {});
    const isOther = (column: string): boolean =>
      JSON.stringify(before?.[column] ?? null) !== JSON.stringify(after?.[column] ?? null);
    return { table, how, changed: how === "UPDATE" ? columns.filter(isOther) : [] };
  });
}

test("the watch sees each value that is changed, each row that is gone and each that is new, in every table", async ({
  annotate,
}) => {
  const tables = await ownedTables(matrix.api.context);
  let values = 0;
  for (const owned of tables) {
    const { table, where } = owned;
    const found = await find(table, where);
    const changes = otherValues(owned);
    expect([table, changes.size > 0]).toEqual([table, true]);
    const place = await changeEach(table, found, changes);
    const updates = [...changes.keys()].map((column) => ({
      table,
      how: "UPDATE",
      changed: expect.arrayContaining([column]),
    }));
    expect(await looked()).toEqual(updates);

    await remove(table, place);
    expect(await looked()).toEqual([{ table, how: "DELETE", changed: [] }]);
    // As it was, because it may say whose the rows of other tables are.
    await insert(owned, found.row);
    expect(await looked()).toEqual([{ table, how: "INSERT", changed: [] }]);
    values += changes.size;
  }
  expect(tables.length).toBeGreaterThan(20);
  return annotate(`${values} values in ${tables.length} tables`);
});

describe("and sees nothing", () => {
  const ANOTHER = "t.tenant_id is not null and t.tenant_id <> all($1::uuid[])";

  test("of what is written to the rows of others", async () => {
    const { place } = await find("contact", ANOTHER);
    await run("update contact set name = name || 'x' where ctid = $1::tid", place);
    const user = await run<Found>(
      `select ctid::text as place from app_user
        where id not in (select user_id from membership where tenant_id = any($1::uuid[])) limit 1`,
      tenants,
    );
    await run("update app_user set full_name = full_name || 'x' where ctid = $1::tid", user[0]?.place);
    expect(await watch.look()).toEqual([]);
  });

  test("of an update that changes nothing", async () => {
    await run("update contact set name = name, tags = tags");
    expect(await watch.look()).toEqual([]);
  });

  test("of what was not committed", async () => {
    const { tenant } = matrix.theirs.things;
    const refused = matrix.api.context.database.withSystem(async (tx) => {
      await tx.$executeRaw`delete from contact where tenant_id = ${tenant}::uuid`;
      throw new Error("no");
    });
    await expect(refused).rejects.toThrow("no");
    expect(await watch.look()).toEqual([]);
  });
});

/** Gives the contact at a place to another company; says where it stands then. */
async function moveContact(tenant: string, place: string): Promise<string> {
  const [moved] = await run<Found>(
    "update contact set tenant_id = $1::uuid where ctid = $2::tid returning ctid::text as place",
    tenant,
    place,
  );
  return moved?.place ?? "";
}

test("a row that goes over to another company, or comes from one, is seen, and so is an emptied table", async () => {
  const { tenant } = matrix.theirs.things;
  const other = "00000000-0000-7000-8000-000000000000";
  const row = await find("contact", "t.tenant_id = any($1::uuid[])");
  const place = await moveContact(other, row.place);
  expect(await watch.look()).toMatchObject([{ how: "UPDATE", after: { tenant_id: other } }]);
  await moveContact(tenant, place);
  expect(await watch.look()).toMatchObject([{ how: "UPDATE", before: { tenant_id: other } }]);
  await runAsOwner(matrix.api.context.urls, "truncate contact");
  expect(await watch.look()).toEqual([{ table: "contact", how: "TRUNCATE", before: null, after: null }]);
});
