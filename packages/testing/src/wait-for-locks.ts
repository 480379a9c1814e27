import { statement, type Database } from "@parley/db";
import { waitUntil } from "./wait-until.ts";

const COUNT_WAITING = statement<{ count: number }>(
  "test_count_waiting",
  `select count(*)::int as count from pg_locks
    where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
);

/** Resolves once so many transactions of the test's database wait for a lock. */
export async function waitForLocks({ system }: Database, count: number): Promise<void> {
  const enough = async () => (await system.rows(COUNT_WAITING, [])).some((row) => row.count >= count);
  await waitUntil(enough, `${count} transactions wait for a lock`);
}
