import type pg from "pg";

export interface RawAsker {
  tenantId: string;
  userId: string;
}

type Query = { text: string; values: unknown[] };

const ENTER = "select set_config('app.tenant_id', $1, true)";

/** One statement as the tenant, in one round trip with what stands around it. */
export async function runAlone<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  tenantId: string,
  { text, values }: Query,
): Promise<Row[]> {
  const client = await pool.connect();
  try {
    const [, , { rows }] = await Promise.all([
      client.query("begin"),
      client.query({ name: "enter", text: ENTER, values: [tenantId] }),
      client.query<Row>(text, values),
      client.query("commit"),
    ]);
    return rows;
  } finally {
    client.release();
  }
}

/** Statements as the tenant of which each needs to know what the one before has found. */
export async function runTogether<T>(
  pool: pg.Pool,
  tenantId: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let isCommitted = false;
  try {
    await Promise.all([client.query("begin"), client.query({ name: "enter", text: ENTER, values: [tenantId] })]);
    const result = await work(client);
    await client.query("commit");
    isCommitted = true;
    return result;
  } finally {
    client.release(!isCommitted);
  }
}
