import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchApiKey } from "./api-key-json.ts";

/** Ends a key for good and at once; it stays in the list. One that was revoked before stays as it is. */
export async function revokeApiKey(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "api_keys.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const revokedAt = ctx.clock.now();
    const { count } = await tx.apiKey.updateMany({ where: { tenantId, id, revokedAt: null }, data: { revokedAt } });
    if (count === 1) {
      await recordAudit(ctx, tx, tenantId, {
        action: "api_key.revoked",
        subject: { type: "api_key", id },
        before: { revokedAt: null },
        after: { revokedAt },
      });
      return;
    }
    const known = await tx.apiKey.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } });
    if (!known) throw noSuchApiKey();
  });
}
