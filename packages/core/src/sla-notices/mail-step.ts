import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";

/**
 * Mails these members that an escalation was taken, in its transaction: each once, in a job of their own, so that an address
 * that is refused keeps the others' mail from nobody.
 */
export async function mailStep(
  ctx: SystemContext,
  tx: Tx,
  { tenantId, stepId }: { tenantId: string; stepId: string },
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const createdAt = ctx.clock.now();
  await tx.slaNotice.createMany({ data: userIds.map((userId) => ({ tenantId, stepId, userId, createdAt })) });
  await ctx.outbox.enqueue(
    tx,
    userIds.map((userId) => outboxRow(mailQueue, "send_sla_notice", { tenantId, stepId, userId })),
  );
}
