import type { SystemContext } from "../context/index.ts";
import { createLogReader, progressIn, type LogReader } from "../log-readers/index.ts";
import { settleLimits } from "../quotas/index.ts";
import { followPage } from "./follow-page.ts";

const PROGRESS = progressIn("billing_progress");

/** Events of a page: what one transaction takes a moment for. */
const PAGE = 20_000;

/** Follows the whole log of all tenants and keeps the ledger of what they use. */
export function createLogFollower(ctx: SystemContext, { pageSize = PAGE }: { pageSize?: number } = {}): LogReader {
  return createLogReader(ctx, {
    progress: PROGRESS,
    pageSize,
    readPage: followPage,
    afterPage: async ({ tenantIds }) => void (await settleLimits(ctx, tenantIds)),
  });
}
