import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** How long a statement may take that reads all that a tenant has ever used. */
const PATIENCE_MS = 10 * 60_000;

// Where it is one company's rows that are read, most of them are met, and sets of them are joined to each other.
const ALLOW_HASHING = statement<object>(
  "billing_allow_hashing",
  "select set_config('enable_hashjoin', 'on', true), set_config('work_mem', '128MB', true)",
);

/** A transaction of statements each of which reads whole ledgers. */
export function readWhole<T>(
  { database }: Pick<SystemContext, "database">,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return database.system.transaction(
    async (sql) => {
      await sql.rows(ALLOW_HASHING, []);
      return work(sql);
    },
    { patienceMs: PATIENCE_MS },
  );
}
