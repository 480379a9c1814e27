import { Client, type QueryResultRow } from "pg";

/** Reads the database of a round as its owner, past row-level security. */
export interface Reader {
  rows<Row extends QueryResultRow>(query: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The one number that the query returns as `count`. */
  count(query: string, values?: readonly unknown[]): Promise<number>;
  close(): Promise<void>;
}

export async function openReader(databaseUrl: string): Promise<Reader> {
  const client = new Client({ connectionString: databaseUrl });
  // A broken connection fails the next query, which says so.
  client.on("error", () => undefined);
  await client.connect();

  async function rows<Row extends QueryResultRow>(query: string, values: readonly unknown[] = []): Promise<Row[]> {
    const result = await client.query<Row>(query, [...values]);
    return result.rows;
  }

  return {
    rows,
    async count(query, values) {
      const [row] = await rows<{ count: string }>(query, values);
      return Number(row?.count ?? 0);
    },
    close: () => client.end(),
  };
}
