import type { Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { rolesToTell } from "./roles-to-tell.ts";

/**
 * Mails those who run the company that a rule was suspended, in the transaction that suspends it. Each has a job of their
 * own, so that an address that is refused keeps the others' mail from nobody.
 */
export async function tellSuspension(
  ctx: SystemContext,
  tx: Tx,
  { tenantId, ruleId, suspendedAt }: { tenantId: string; ruleId: string; suspendedAt: Date },
): Promise<void> {
  const members = await tx.membership.findMany({ where: { tenantId, role: rolesToTell }, select: { userId: true } });
  const at = suspendedAt.getTime();
  await ctx.outbox.enqueue(
    tx,
    members.map(({ userId }) => outboxRow(mailQueue, "send_suspension", { tenantId, ruleId, userId, suspendedAt: at })),
  );
}
