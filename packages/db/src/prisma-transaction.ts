import { collectAfterCommit } from "./after-commit.ts";
import type { PrismaClient } from "./generated/client.ts";
import { DEFAULT_TIMEOUTS } from "./pool-options.ts";
import { withConnectionSql } from "./prisma-connections.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import { rememberSql, type Tx } from "./sql-of.ts";
import type { Sql } from "./statement.ts";

const TRANSACTION_TIMEOUT_MS = 15_000;

/** One transaction of Prisma's, with the SQL of its connection; run again when it loses against another one. */
export async function prismaTransaction<T>(client: PrismaClient, work: (tx: Tx, sql: Sql) => Promise<T>): Promise<T> {
  const { value, flush } = await retryOnConflict(() =>
    withConnectionSql((connectionSql) =>
      client.$transaction(
        (tx) => {
          const sql = connectionSql();
          rememberSql(tx, sql);
          return collectAfterCommit([tx, sql], () => work(tx, sql));
        },
        { maxWait: DEFAULT_TIMEOUTS.connect, timeout: TRANSACTION_TIMEOUT_MS },
      ),
    ),
  );
  flush();
  return value;
}
