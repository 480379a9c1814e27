import type { Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { openResets } from "./open-resets.ts";

const LIMIT = 1_000;

/**
 * Jobs for the links to new passwords that were made before `before` and wait for their mail, and for the requests that
 * nobody has answered. password_reset_unmailed_idx, password_reset_request_created_at_idx
 */
export async function findUnmailedResets(ctx: SystemContext, tx: Tx, before: Date): Promise<OutboxRow[]> {
  const oldestFirst = { orderBy: { createdAt: "asc" }, take: LIMIT } as const;
  const createdAt = { lt: before };
  const requests = await tx.passwordResetRequest.findMany({ where: { createdAt }, ...oldestFirst });
  const resets = await tx.passwordReset.findMany({
    where: { ...openResets(ctx.clock.now()), mailedAt: null, createdAt },
    ...oldestFirst,
  });
  return [
    ...requests.map(({ id }) => outboxRow(mailQueue, "answer_reset_request", { requestId: id })),
    ...resets.map(({ id }) => outboxRow(mailQueue, "send_password_reset", { passwordResetId: id })),
  ];
}
