import type { Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import { mailQueue } from "../mail/index.ts";

const LIMIT = 1_000;

/** Jobs for the escalations that were taken before `before` and wait for their mail. sla_notice_unmailed_idx */
export async function findUnmailedNotices(tx: Tx, before: Date): Promise<OutboxRow[]> {
  const notices = await tx.slaNotice.findMany({
    where: { mailedAt: null, createdAt: { lt: before }, membership: { tenant: { status: { not: "CLOSED" } } } },
    orderBy: { createdAt: "asc" },
    take: LIMIT,
    select: { tenantId: true, stepId: true, userId: true },
  });
  return notices.map((notice) => outboxRow(mailQueue, "send_sla_notice", notice));
}
