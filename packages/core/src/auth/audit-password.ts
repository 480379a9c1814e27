import type { Tx } from "@parley/db";
import { recordAudit, recordPlatformAudit } from "../audit/index.ts";
import type { AuthContext } from "./auth-context.ts";

/**
 * A password is the person's; every company that they belong to reads that it is another one now. From where it was changed
 * is nobody's business there: it may have been at home, or at another company. The platform's own log has it of its
 * administrators, and of whoever belongs to no company.
 */
export async function auditPassword(
  ctx: AuthContext,
  tx: Tx,
  change: { userId: string; action: "password.changed" | "password.reset" },
): Promise<void> {
  const { userId, action } = change;
  const memberships = await tx.membership.findMany({ where: { userId }, select: { tenantId: true } });
  const origin = { address: null, userAgent: null };
  const audit = { ...ctx, origin, actor: { type: "user", userId } as const };
  const entry = { action, subject: { type: "user", id: userId } };
  for (const { tenantId } of memberships) await recordAudit(audit, tx, tenantId, entry);
  const { isSuperAdmin } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { isSuperAdmin: true } });
  if (isSuperAdmin || memberships.length === 0) await recordPlatformAudit({ ...audit, origin: ctx.origin }, tx, entry);
}
