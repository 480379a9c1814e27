import type { TestContext } from "@parley/queue/testing";

/** Companies, by id, whose rows are meant: one and its branches. */
export type Tenants = readonly string[];

/** Whose rows of tables without a tenant_id are meant; `$1` are the tenants. Null: nobody's, for the reason given. */
const WITHOUT_TENANT_ID: Record<string, { where: string } | { nobodys: string }> = {
  tenant: { where: "t.id = any($1::uuid[])" },
  app_user: { where: "t.id in (select user_id from membership where tenant_id = any($1::uuid[]))" },
  password_reset: { where: "t.user_id in (select user_id from membership where tenant_id = any($1::uuid[]))" },
  password_reset_request: {
    where: "t.email in (select email from app_user join membership on user_id = id where tenant_id = any($1::uuid[]))",
  },
  refresh_token: { where: "t.session_id in (select id from session where tenant_id = any($1::uuid[]))" },
  platform_audit_log: { nobodys: "what is administered outside companies" },
  platform_idempotency_key: { nobodys: "encrypted answers to people, whom a hash stands for" },
  billing_progress: { nobodys: "how far the log was followed" },
  report_progress: { nobodys: "how far the log was followed" },
  outbox: { nobodys: "jobs on their way to a queue, where the matrix looks for them" },
  _prisma_migrations: { nobodys: "which migrations were applied" },
};

export interface Column {
  table: string;
  column: string;
  type: string;
  /** From other columns, so nobody writes it. */
  isGenerated: boolean;
}

/** As the catalog has them, so that a new table or column is there by itself. */
function readColumns(context: TestContext): Promise<Column[]> {
  return context.database.withSystem(
    (tx) =>
      tx.$queryRaw<Column[]>`
      select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as "type",
             a.attgenerated <> '' as "isGenerated"
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       order by c.relname, a.attnum`,
  );
}

export interface OwnedTable {
  table: string;
  /** The condition for the rows `t` of tenants; `$1` are the tenants. */
  where: string;
  /** Each row says itself whose it is. */
  hasTenantId: boolean;
  columns: Column[];
}

/** The tables in which tenants have rows. Throws for a table of which nobody has said whose its rows are. */
export async function ownedTables(context: TestContext): Promise<OwnedTable[]> {
  const byTable = Map.groupBy(await readColumns(context), ({ table }) => table);
  return [...byTable].flatMap(([table, columns]): OwnedTable[] => {
    if (columns.some(({ column }) => column === "tenant_id")) {
      return [{ table, where: "t.tenant_id = any($1::uuid[])", hasTenantId: true, columns }];
    }
    const known = WITHOUT_TENANT_ID[table];
    if (!known) throw new Error(`Say in owned-rows.fixture.ts whose the rows of ${table} are`);
    return "where" in known ? [{ table, where: known.where, hasTenantId: false, columns }] : [];
  });
}

/** How many rows the tenants have in every table. */
export async function countRows(context: TestContext, tenants: Tenants): Promise<Map<string, number>> {
  const sql = (await ownedTables(context)).map(
    ({ table, where }) => `select '${table}' as "table", count(*)::int as rows from "${table}" t where ${where}`,
  );
  const counts = await context.database.withSystem((tx) =>
    tx.$queryRawUnsafe<{ table: string; rows: number }[]>(sql.join("\nunion all\n"), tenants),
  );
  return new Map(counts.map(({ table, rows }) => [table, rows]));
}

/** Every id and every hash in the tenants' rows. */
export async function readIds(context: TestContext, tenants: Tenants): Promise<Set<string>> {
  const sql = (await ownedTables(context)).map(
    ({ table, where }) => `select t::text as "row" from "${table}" t where ${where}`,
  );
  const rows = await context.database.withSystem((tx) =>
    tx.$queryRawUnsafe<{ row: string }[]>(sql.join("\nunion all\n"), tenants),
  );
  return new Set(rows.flatMap(({ row }) => row.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []));
}

/** Columns that could hold the word, and in no row of the tenants do. */
export async function columnsWithout(context: TestContext, tenants: Tenants, word: string): Promise<string[]> {
  const texts = (await ownedTables(context)).flatMap(({ columns, ...table }) =>
    columns.flatMap(({ column, type }) => {
      const text = textOf(column, type);
      return text === undefined ? [] : [{ ...table, column, text }];
    }),
  );
  const sql = texts.map(
    ({ table, column, where, text }) =>
      `select '${table}.${column}' as "name" where not exists
         (select 1 from "${table}" t where ${where} and ${text} like '%${word}%')`,
  );
  const found = await context.database.withSystem((tx) =>
    tx.$queryRawUnsafe<{ name: string }[]>(sql.join("\nunion all\n"), tenants),
  );
  return found.map(({ name }) => name).toSorted();
}

function textOf(column: string, type: string): string | undefined {
  if (type === "bytea") return `encode(t."${column}", 'escape')`;
  return /^(text|character varying|jsonb|json)(\[\])?$/.test(type) ? `t."${column}"::text` : undefined;
}
