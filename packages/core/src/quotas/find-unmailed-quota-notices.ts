import type { Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import { mailQueue } from "../mail/index.ts";

const LIMIT = 1_000;

/** Jobs for the notices before `before` that wait for their mails. quota_notice_unmailed_idx */
export async function findUnmailedQuotaNotices(tx: Tx, before: Date): Promise<OutboxRow[]> {
  const notices = await tx.quotaNotice.findMany({
    where: { mailedAt: null, createdAt: { lt: before } },
    orderBy: { createdAt: "asc" },
    take: LIMIT,
  });
  return notices.map(({ tenantId, period, meter, kind }) =>
    outboxRow(mailQueue, "send_quota_notice", { tenantId, period: period.toISOString().slice(0, 10), meter, kind }),
  );
}
