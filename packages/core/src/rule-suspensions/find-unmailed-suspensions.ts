import type { Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import { mailQueue } from "../mail/index.ts";

const LIMIT = 1_000;

/** Jobs for the notices of suspensions before `before` that wait for their mail. ai_suspension_notice_unmailed_idx */
export async function findUnmailedSuspensions(tx: Tx, before: Date): Promise<OutboxRow[]> {
  const notices = await tx.aiSuspensionNotice.findMany({
    where: { mailedAt: null, suspendedAt: { lt: before } },
    orderBy: { suspendedAt: "asc" },
    take: LIMIT,
  });
  return notices.map(({ tenantId, ruleId, userId, suspendedAt }) =>
    outboxRow(mailQueue, "send_suspension", { tenantId, ruleId, userId, suspendedAt: suspendedAt.getTime() }),
  );
}
