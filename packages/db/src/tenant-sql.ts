import pg from "pg";
import { NEVER_READ_ALL, poolOptions, type DatabaseTimeouts } from "./pool-options.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import { IDLE, sqlTransaction } from "./sql-transaction.ts";
import { statement, type Sql, type Statement } from "./statement.ts";
import { together } from "./together.ts";

/** SQL as a tenant. Each statement is a transaction of its own, and takes one round trip where `withTenant` takes four. */
export interface TenantSql extends Sql {
  /**
   * Several statements in one transaction; committed when `work` resolves. Conflicts are run again, as in `withTenant`.
   * What is sent without waiting, `together`, takes one round trip; entering and the first of them take one, too. It is
   * for statements that have names and look rows up by their keys.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
}

// `true` ends with the transaction: `false` would leak to the next user of the connection.
const ENTER = statement<object>("tenant_enter", "select set_config('app.tenant_id', $1, true)");

/**
 * The same before statements that have a name: they look rows up by their keys, so they are planned once, for any values and
 * for any size: index by index, as in the pipeline. What has no name is planned for its values.
 */
const ENTER_KEYED = statement<object>(
  "tenant_enter_keyed",
  `select set_config('app.tenant_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true),
          set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
);

/** The statement after which only rows of `tenantId` exist, until the transaction ends. */
export function enterTenant(tenantId: string): [Statement<object>, string[]] {
  return [ENTER, [tenantId]];
}

/** Connections for `tenantSqlOn`, as a role that sees only the rows of the tenant that is set. */
export function openTenantPool(appUrl: string, max: number, timeouts: DatabaseTimeouts): pg.Pool {
  return new pg.Pool({ ...poolOptions(appUrl, max, timeouts), options: NEVER_READ_ALL });
}

/**
 * Runs each statement in a transaction of its own in which only rows of `tenantId` exist, in one round trip: begin, the
 * tenant, the statement and commit are written at once and answered in turn. The tenant is set for
 * that transaction alone, and the commit behind it ends it whatever fails before, so the next user of the connection
 * finds nothing of it; a connection of which that is not certain is thrown away.
 */
export function tenantSqlOn(pool: pg.Pool, tenantId: string): TenantSql {
  return {
    async rows<Row extends object>(query: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
      return (await runWithin<Row>(pool, tenantId, query, values)).rows;
    },
    async run(query, values) {
      return (await runWithin(pool, tenantId, query, values)).rowCount ?? 0;
    },
    transaction: (work) => sqlTransaction(pool, [{ ...ENTER_KEYED, values: [tenantId] }], work),
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
      const entered = client.query({ ...(name === "" ? ENTER : ENTER_KEYED), values: [tenantId] });
      const answered = client.query<Row>({ name, text, values: [...values] });
      const committed = client.query("commit");
      const [, , result] = await together([began, entered, answered, committed]);
      return result;
    } finally {
      client.release(client.getTransactionStatus() !== IDLE);
    }
  });
}
