import type pg from "pg";
import { collectAfterCommit } from "./after-commit.ts";
import { AttendedClient } from "./attended-client.ts";
import { openSqlOn } from "./open-sql.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import { statement, type Sql } from "./statement.ts";
import { together } from "./together.ts";

/** What a connection holds while it belongs to nobody: no transaction. */
export const IDLE = "I";

/** Of a transaction that may take longer than others. */
export interface Patience {
  /** How long one statement may take, waiting for locks included, in milliseconds. */
  patienceMs?: number;
}

const BE_PATIENT = statement<object>("transaction_patience", "select set_config('statement_timeout', $1, true)");
/** A server that is there has said by then that a statement has taken too long. */
const TO_SAY_SO_MS = 2_000;

/**
 * One transaction on one connection; committed when `work` resolves, run again when it loses against another one. What
 * begins it, and `enter` after that, are written together with the first statements of `work`.
 */
export async function sqlTransaction<T>(
  pool: pg.Pool,
  enter: readonly pg.QueryConfig[],
  work: (tx: Sql) => Promise<T>,
  { patienceMs }: Patience = {},
): Promise<T> {
  const first = patienceMs === undefined ? enter : [...enter, { ...BE_PATIENT, values: [String(patienceMs)] }];
  const { value, flush } = await retryOnConflict(async () => {
    const client = await pool.connect();
    const { sql, end } = openSqlOn(client);
    const endPatience = patienceMs !== undefined && allowSilence(client, patienceMs + TO_SAY_SO_MS);
    try {
      const begun = together([client.query("begin"), ...first.map((query) => client.query(query))]);
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
      if (endPatience) endPatience();
      // A connection on which even the rollback fails is thrown away.
      client.release(client.getTransactionStatus() !== IDLE);
    }
  });
  flush();
  return value;
}

function allowSilence(client: pg.PoolClient, milliseconds: number): () => void {
  if (!(client instanceof AttendedClient)) throw new Error("only connections of our own pools can be patient");
  return client.allowSilence(milliseconds);
}
