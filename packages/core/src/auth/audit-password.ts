import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { AuthContext } from "./auth-context.ts";

/** A password is the person's; every company that they belong to reads that it is another one now. */
export async function auditPassword(
  ctx: AuthContext,
  tx: Tx,
  change: { userId: string; action: "password.changed" | "password.reset" },
): Promise<void> {
  const { userId, action } = change;
  const memberships = await tx.membership.findMany({ where: { userId }, select: { tenantId: true } });
  const audit = { ...ctx, actor: { type: "user", userId } as const };
  for (const { tenantId } of memberships) {
    await recordAudit(audit, tx, tenantId, { action, subject: { type: "user", id: userId } });
  }
}
