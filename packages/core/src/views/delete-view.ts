import { recordAudit } from "../audit/index.ts";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { toViewJson } from "./view-json.ts";
import { lockOwnView } from "./visible-views.ts";

/** Deletes one's own view or, with `views.share`, a shared one. */
export async function deleteView(ctx: RequestContext, { id }: { id: string }): Promise<void> {
  const tenantId = authorize(ctx, "views.read");
  requireUser(ctx);
  await ctx.database.withTenant(tenantId, async (tx) => {
    const view = await lockOwnView(ctx, tx, tenantId, id);
    await tx.savedView.delete({ where: { tenantId_id: { tenantId, id } } });
    if (!view.isShared) return;
    await recordAudit(ctx, tx, tenantId, {
      action: "view.deleted",
      subject: { type: "view", id },
      before: toViewJson(view),
    });
  });
}
