import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedMacro } from "./macro-json.ts";

export async function deleteMacro(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "macros.manage");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedMacro(tx, tenantId, id);
    await tx.macro.delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: "macro.deleted",
      subject: { type: "macro", id },
      before,
    });
  });
}
