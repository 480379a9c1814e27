import type { DatabaseConfig } from "@parley/runtime";
import pg from "pg";
import { collectAfterCommit } from "./after-commit.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { openPrisma } from "./open-prisma.ts";
import { DEFAULT_TIMEOUTS, poolOptions, type DatabaseTimeouts } from "./pool-options.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";
import { sqlOn, type Sql } from "./statement.ts";
import { openTenantPool, tenantSqlOn } from "./tenant-sql.ts";

/** An open Prisma transaction of `withTenant` or `withSystem`. */
export type Tx = Prisma.TransactionClient;

/** The two ways to the data: as a tenant (row-level security applies) and as the system (it sees every tenant). */
export interface Database {
  /**
   * One transaction in which only rows of `tenantId` exist. Run again when it loses against another transaction,
   * so `work` must have no effect outside it.
   */
  withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * SQL of hot lists: each statement is a transaction of its own in which only rows of `tenantId` exist, and takes one
   * round trip where `withTenant` takes four.
   */
  tenantSql(tenantId: string): Sql;
  /** One transaction over all tenants: sign-in, platform administration, pipeline bookkeeping. */
  withSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Set-wise SQL of the hot paths, as the system role. */
  system: SystemSql;
  close(): Promise<void>;
}

export interface SystemSql extends Sql {
  /** One transaction on one connection; committed when `work` resolves. Conflicts are run again, as in `withTenant`. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
}

export interface PoolSizes {
  app: number;
  /** Of `tenantSql`. */
  appSql: number;
  system: number;
  /** Of `system`. */
  sql: number;
}

const DEFAULT_POOLS: PoolSizes = { app: 10, appSql: 5, system: 5, sql: 10 };
const TRANSACTION_TIMEOUT_MS = 15_000;
/**
 * Statements of the hot paths look rows up by their keys, and PostgreSQL keeps the plans. One that was made while a table was
 * small must not read all of it once it is large: index by index is right at any size. Before version 18 what is
 * discouraged, and cannot be avoided, looks so expensive that it would be compiled first.
 */
const HOT_PATH_SETTINGS = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
/** Opens no connection until it is used. `onIdleError` hears of connections that break while nobody uses them. */
export function openDatabase(
  config: DatabaseConfig,
  options: {
    pools?: Partial<PoolSizes>;
    timeouts?: DatabaseTimeouts;
    onIdleError?: (error: Error) => void;
  } = {},
): Database {
  const sizes = { ...DEFAULT_POOLS, ...options.pools };
  const { timeouts = DEFAULT_TIMEOUTS, onIdleError = () => undefined } = options;
  const app = openPrisma(config.appUrl, sizes.app, onIdleError, timeouts);
  const system = openPrisma(config.systemUrl, sizes.system, onIdleError, timeouts);
  const pool = new pg.Pool({ ...poolOptions(config.systemUrl, sizes.sql, timeouts), options: HOT_PATH_SETTINGS });
  pool.on("error", onIdleError);
  const appPool = openTenantPool(config.appUrl, sizes.appSql, timeouts);
  appPool.on("error", onIdleError);

  return {
    withTenant: (tenantId, work) =>
      prismaTransaction(app, async (tx) => {
        // `true` ends with the transaction: `false` would leak to the next user of the connection.
        await tx.$executeRaw`select set_config('app.tenant_id', ${tenantId}, true)`;
        return work(tx);
      }),
    tenantSql: (tenantId) => tenantSqlOn(appPool, tenantId),
    withSystem: (work) => prismaTransaction(system, work),
    system: { ...sqlOn(pool), transaction: (work) => sqlTransaction(pool, work) },
    async close() {
      await Promise.all([app.$disconnect(), system.$disconnect(), pool.end(), appPool.end()]);
    },
  };
}

async function prismaTransaction<T>(client: PrismaClient, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { value, flush } = await retryOnConflict(() =>
    client.$transaction((tx) => collectAfterCommit(tx, () => work(tx)), {
      maxWait: DEFAULT_TIMEOUTS.connect,
      timeout: TRANSACTION_TIMEOUT_MS,
    }),
  );
  flush();
  return value;
}

async function sqlTransaction<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const { value, flush } = await retryOnConflict(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const tx = sqlOn(client);
      const outcome = await collectAfterCommit(tx, () => work(tx));
      await client.query("commit");
      return outcome;
    } catch (error) {
      // A connection on which even the rollback fails is thrown away.
      await client.query("rollback").catch((rollbackError: Error) => (broken = rollbackError));
      throw error;
    } finally {
      client.release(broken);
    }
  });
  flush();
  return value;
}
