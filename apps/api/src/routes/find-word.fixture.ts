import type { TestContext } from "@parley/queue/testing";

/** As a word stands in bytes, and in ids of providers. */
function formsOf(word: string): string[] {
  return [word.toLowerCase(), Buffer.from(word).toString("hex")];
}

/** Every table of the database, as the catalog has them: a new one is there by itself. */
export async function readTables({ database }: TestContext): Promise<string[]> {
  const rows = await database.withSystem(
    (tx) =>
      tx.$queryRaw<{ name: string }[]>`
      select c.relname as name from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
       order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** In how many rows of each table one of the words stands, in whatever column, bytes included; without those where it is none. */
export async function findWords(context: TestContext, words: readonly string[]): Promise<Record<string, number>> {
  const like = words.flatMap(formsOf).map((form) => `%${form}%`);
  const sql = (await readTables(context)).map(
    (table) =>
      `select '${table}' as name, count(*)::int as rows from "${table}" t where lower(t::text) like any ($1::text[])`,
  );
  const found = await context.database.withSystem((tx) =>
    tx.$queryRawUnsafe<{ name: string; rows: number }[]>(sql.join("\nunion all\n"), like),
  );
  return Object.fromEntries(found.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]));
}
