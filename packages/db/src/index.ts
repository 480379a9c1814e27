export { afterCommit } from "./after-commit.ts";
export { columnsOf } from "./columns-of.ts";
export { openDatabase, type Database, type PoolSizes, type SystemSql } from "./database.ts";
export {
  describeDataError,
  isConnectionFailure,
  isServerFault,
  isStatementTimeout,
  isTransactionConflict,
  isUniqueViolation,
  isUnstorableText,
  TransactionConflict,
} from "./error-codes.ts";
export * from "./generated/enums.ts";
export { Prisma, type Message } from "./generated/client.ts";
export { migrateDatabase } from "./migrate.ts";
export { LAZY_COMMIT } from "./lazy-commit.ts";
export type { DatabaseTimeouts } from "./pool-options.ts";
export { deriveRoleUrls, readDatabaseConfig } from "./role-urls.ts";
export { sqlOf, type AnyTx, type Tx } from "./sql-of.ts";
export { statement, unnamed, type Sql, type Statement } from "./statement.ts";
export type { TenantSql } from "./tenant-sql.ts";
export { together } from "./together.ts";
