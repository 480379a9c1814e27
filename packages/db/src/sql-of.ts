import type { Prisma } from "./generated/client.ts";
import type { Sql } from "./statement.ts";

/** An open Prisma transaction of `withTenant` or `withSystem`. */
export type Tx = Prisma.TransactionClient;

/** An open transaction, in whichever form: Prisma's, or SQL alone. */
export type AnyTx = Tx | Sql;

const sqlOfTx = new WeakMap<object, Sql>();

/** Says what `sqlOf` answers for a transaction of Prisma's. */
export function rememberSql(tx: Tx, sql: Sql): void {
  sqlOfTx.set(tx, sql);
}

/**
 * SQL within the transaction, on its connection: what Prisma has written before is there, and what is sent together takes
 * one round trip. Rows are as the driver reads them: a bigint is a string.
 */
export function sqlOf(tx: AnyTx): Sql {
  const sql = sqlOfTx.get(tx);
  if (sql) return sql;
  if ("rows" in tx && "run" in tx) return tx;
  throw new Error("sqlOf needs an open transaction of the database");
}
