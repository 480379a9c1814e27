import type { Prisma, Tx } from "@parley/db";
import { assertAllowed, type RequestContext } from "../context/index.ts";
import { askerOf, noSuchView } from "../tickets/index.ts";
import type { ViewRow } from "./view-json.ts";

/** Those that are shared, and one's own. */
export function visibleViews(ctx: RequestContext, tenantId: string): Prisma.SavedViewWhereInput {
  const { me } = askerOf(ctx, tenantId);
  return { tenantId, OR: [{ isShared: true }, ...(me === null ? [] : [{ ownerId: me }])] };
}

export async function findView(ctx: RequestContext, tx: Tx, tenantId: string, id: string): Promise<ViewRow> {
  const view = await tx.savedView.findFirst({ where: { id, ...visibleViews(ctx, tenantId) } });
  if (!view) throw noSuchView();
  return view;
}

/** The view, locked until the transaction ends. Refuses whoever may see it and not change it. */
export async function lockOwnView(ctx: RequestContext, tx: Tx, tenantId: string, id: string): Promise<ViewRow> {
  await tx.$executeRaw`
    select from saved_view where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  const view = await findView(ctx, tx, tenantId, id);
  if (view.ownerId !== askerOf(ctx, tenantId).me) assertAllowed(ctx.actor, "views.share");
  return view;
}
