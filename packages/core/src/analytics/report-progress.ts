import { statement } from "@parley/db";
import { progressIn } from "../log-readers/index.ts";

export const REPORT_PROGRESS = progressIn("report_progress");

/** Waits until nobody follows the log, who cannot go on before the transaction has ended. */
export const HOLD_REPORTS = statement<object>(
  "report_progress_wait",
  "select id from report_progress where id = 1 for update",
);
