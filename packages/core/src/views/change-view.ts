import { recordAudit } from "../audit/index.ts";
import { assertAllowed, authorize, requireUser, type RequestContext } from "../context/index.ts";
import { assertFilter } from "./assert-filter.ts";
import { assertRoom } from "./create-view.ts";
import type { ChangeViewInput, ViewJson } from "./schemas.ts";
import { toFilterColumn, toViewJson } from "./view-json.ts";
import { lockOwnView } from "./visible-views.ts";

/**
 * Changes what is given of one's own view or, with `views.share`, of a shared one. To share one needs `views.share`. A
 * shared one that is no longer shared is its owner's alone.
 */
export async function changeView(ctx: RequestContext, input: ChangeViewInput & { id: string }): Promise<ViewJson> {
  const tenantId = authorize(ctx, "views.read");
  requireUser(ctx);
  const { id, name, filter, isShared } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const view = await lockOwnView(ctx, tx, tenantId, id);
    if (isShared !== undefined && isShared !== view.isShared) {
      if (isShared) assertAllowed(ctx.actor, "views.share");
      await assertRoom(tx, tenantId, isShared ? { isShared } : { isShared, ownerId: view.ownerId });
    }
    if (filter) await assertFilter(tx, tenantId, filter);
    const changed = await tx.savedView.update({
      where: { tenantId_id: { tenantId, id } },
      data: { name, isShared, ...(filter && { filter: toFilterColumn(filter) }), updatedAt: ctx.clock.now() },
    });
    const [before, after] = [toViewJson(view), toViewJson(changed)];
    if (before.isShared || after.isShared) {
      await recordAudit(ctx, tx, tenantId, { action: "view.changed", subject: { type: "view", id }, before, after });
    }
    return after;
  });
}
