import type pg from "pg";
import { collectAfterCommit } from "./after-commit.ts";
import { openSqlOn } from "./open-sql.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import type { Sql } from "./statement.ts";
import { together } from "./together.ts";

/** What a connection holds while it belongs to nobody: no transaction. */
export const IDLE = "I";

/**
 * One transaction on one connection; committed when `work` resolves, run again when it loses against another one. What
 * begins it, and `enter` after that, are written together with the first statements of `work`.
 */
export async function sqlTransaction<T>(
  pool: pg.Pool,
  enter: readonly pg.QueryConfig[],
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  const { value, flush } = await retryOnConflict(async () => {
    const client = await pool.connect();
    const { sql, end } = openSqlOn(client);
    try {
      const begun = together([client.query("begin"), ...enter.map((query) => client.query(query))]);
      const [, outcome] = await together([begun, collectAfterCommit([sql], () => work(sql))]);
      end();
      const { command } = await client.query("commit");
      if (command !== "COMMIT") throw new Error("a statement had failed, so the transaction was rolled back");
      return outcome;
    } catch (error) {
      end();
      await client.query("rollback").catch(() => undefined);
      throw error;
    } finally {
      // A connection on which even the rollback fails is thrown away.
      client.release(client.getTransactionStatus() !== IDLE);
    }
  });
  flush();
  return value;
}
