import type { DatabaseConfig } from "@parley/runtime";
import pg from "pg";
import { openPrisma } from "./open-prisma.ts";
import { DEFAULT_TIMEOUTS, NEVER_READ_ALL, poolOptions, type DatabaseTimeouts } from "./pool-options.ts";
import { prismaTransaction } from "./prisma-transaction.ts";
import type { Tx } from "./sql-of.ts";
import { sqlTransaction, type Patience } from "./sql-transaction.ts";
import { sqlOn, type Sql } from "./statement.ts";
import { enterTenant, openTenantPool, tenantSqlOn, type TenantSql } from "./tenant-sql.ts";

/** The two ways to the data: as a tenant (row-level security applies) and as the system (it sees every tenant). */
export interface Database {
  /**
   * One transaction in which only rows of `tenantId` exist. Run again when it loses against another transaction,
   * so `work` must have no effect outside it.
   */
  withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** SQL of the hot paths of requests, in transactions in which only rows of `tenantId` exist. */
  tenantSql(tenantId: string): TenantSql;
  /** One transaction over all tenants: sign-in, platform administration, pipeline bookkeeping. */
  withSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Set-wise SQL of the hot paths, as the system role. */
  system: SystemSql;
  close(): Promise<void>;
}

export interface SystemSql extends Sql {
  /**
   * One transaction on one connection; committed when `work` resolves. Conflicts are run again, as in `withTenant`. With
   * `patienceMs` each statement may take that long, instead of what any may.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>, patience?: Patience): Promise<T>;
}

export interface PoolSizes {
  app: number;
  /** Of `tenantSql`. */
  appSql: number;
  system: number;
  /** Of `system`. */
  sql: number;
}

const DEFAULT_POOLS: PoolSizes = { app: 10, appSql: 10, system: 5, sql: 10 };
/**
 * Statements of the pipeline look rows up by their keys, and PostgreSQL keeps the plans. One that was made while a table
 * was small must not read all of it once it is large: index by index is right at any size.
 */
const PIPELINE_SETTINGS = `${NEVER_READ_ALL} -c enable_hashjoin=off -c enable_mergejoin=off`;

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
  const prisma = { timeouts, settings: NEVER_READ_ALL };
  const app = openPrisma(config.appUrl, sizes.app, onIdleError, prisma);
  const system = openPrisma(config.systemUrl, sizes.system, onIdleError, prisma);
  const pool = new pg.Pool({ ...poolOptions(config.systemUrl, sizes.sql, timeouts), options: PIPELINE_SETTINGS });
  pool.on("error", onIdleError);
  const appPool = openTenantPool(config.appUrl, sizes.appSql, timeouts);
  appPool.on("error", onIdleError);

  return {
    withTenant: (tenantId, work) =>
      prismaTransaction(app, async (tx, sql) => {
        await sql.rows(...enterTenant(tenantId));
        return work(tx);
      }),
    tenantSql: (tenantId) => tenantSqlOn(appPool, tenantId),
    withSystem: (work) => prismaTransaction(system, work),
    system: { ...sqlOn(pool), transaction: (work, patience) => sqlTransaction(pool, [], work, patience) },
    async close() {
      await Promise.all([app.$disconnect(), system.$disconnect(), pool.end(), appPool.end()]);
    },
  };
}
