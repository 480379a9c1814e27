import type { SystemContext } from "../context/index.ts";
import { createLogReader, type LogReader } from "../log-readers/index.ts";
import { followPage } from "./follow-page.ts";
import { REPORT_PROGRESS } from "./report-progress.ts";

/** Events of a page. Each ticket that they are of is read from its beginning, once a page. */
const PAGE = 10_000;

/** Follows the whole log of all tenants and keeps what reports are read from. */
export function createReportFollower(ctx: SystemContext, { pageSize = PAGE }: { pageSize?: number } = {}): LogReader {
  return createLogReader(ctx, {
    progress: REPORT_PROGRESS,
    pageSize,
    readPage: (sql, window) => followPage(ctx, sql, window),
  });
}
