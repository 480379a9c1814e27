import type { Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";

/**
 * Ends every key in force that a member has made, for whoever may manage keys and removes the member. The caller holds the
 * member's row against those who make keys, so none is made in the same moment.
 */
export async function revokeKeysOf(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  const revokedAt = ctx.clock.now();
  const revoked = await tx.apiKey.updateManyAndReturn({
    where: { tenantId, createdBy: userId, revokedAt: null },
    data: { revokedAt },
    select: { id: true },
  });
  for (const { id } of revoked) {
    await recordAudit(ctx, tx, tenantId, {
      action: "api_key.revoked",
      subject: { type: "api_key", id },
      before: { revokedAt: null },
      after: { revokedAt },
    });
  }
}
