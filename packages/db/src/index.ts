export { afterCommit } from "./after-commit.ts";
export { columnsOf } from "./columns-of.ts";
export { openDatabase, type Database, type PoolSizes, type SystemSql, type Tx } from "./database.ts";
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
export type { DatabaseTimeouts } from "./pool-options.ts";
export { deriveRoleUrls, readDatabaseConfig } from "./role-urls.ts";
export { statement, unnamed, type Sql, type Statement } from "./statement.ts";
