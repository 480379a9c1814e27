import { statement, type Sql } from "@parley/db";
import { progressIn } from "../log-readers/index.ts";

export const REPORT_PROGRESS = progressIn("report_progress");

const PREPARE = statement<object>(
  "reports_rebuild_prepare",
  "select set_config('enable_hashjoin', 'on', true), set_config('work_mem', '64MB', true)",
);

const HOLD = statement<object>("report_progress_wait", "select id from report_progress where id = 1 for update");

/** Waits until nobody follows the log, who cannot go on before the transaction has ended; and may work on many rows in it. */
export async function holdReports(sql: Sql): Promise<void> {
  await sql.rows(PREPARE, []);
  await sql.rows(HOLD, []);
}
