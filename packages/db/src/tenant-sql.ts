import pg from "pg";
import { poolOptions, type DatabaseTimeouts } from "./pool-options.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import type { Sql, Statement } from "./statement.ts";

/** What a connection holds while it belongs to nobody: no transaction. */
const IDLE = "I";

const ENTER = { name: "tenant_enter", text: "select set_config('app.tenant_id', $1, true)" };

/** Lists have many forms, so each is planned when it is asked; but never by reading all tenants' rows. */
const LIST_SETTINGS = "-c enable_seqscan=off -c jit=off";

/** Connections for `tenantSqlOn`, as a role that sees only the rows of the tenant that is set. */
export function openTenantPool(appUrl: string, max: number, timeouts: DatabaseTimeouts): pg.Pool {
  return new pg.Pool({ ...poolOptions(appUrl, max, timeouts), options: LIST_SETTINGS, pipeline: true });
}

/**
 * Runs each statement in a transaction of its own in which only rows of `tenantId` exist, in one round trip: begin, the
 * tenant, the statement and commit are written at once (`pool` has `pipeline`) and answered in turn. The tenant is set for
 * that transaction alone, and the commit behind it ends it whatever fails before, so the next user of the connection
 * finds nothing of it; a connection of which that is not certain is thrown away.
 */
export function tenantSqlOn(pool: pg.Pool, tenantId: string): Sql {
  return {
    async rows<Row extends object>(query: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
      return (await runWithin<Row>(pool, tenantId, query, values)).rows;
    },
    async run(query, values) {
      return (await runWithin(pool, tenantId, query, values)).rowCount ?? 0;
    },
  };
}

function runWithin<Row extends object>(
  pool: pg.Pool,
  tenantId: string,
  { name, text }: Statement<Row>,
  values: readonly unknown[],
): Promise<pg.QueryResult<Row>> {
  return retryOnConflict(async () => {
    const client = await pool.connect();
    try {
      const began = client.query("begin");
      const entered = client.query({ ...ENTER, values: [tenantId] });
      const answered = client.query<Row>({ name, text, values: [...values] });
      const committed = client.query("commit");
      // All of them have an end before the first error is thrown: none is left on a connection that is given back.
      await Promise.allSettled([began, entered, answered, committed]);
      await Promise.all([began, entered]);
      const result = await answered;
      await committed;
      return result;
    } finally {
      client.release(client.getTransactionStatus() !== IDLE);
    }
  });
}
