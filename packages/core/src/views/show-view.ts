import { authorize, type RequestContext } from "../context/index.ts";
import type { ViewJson } from "./schemas.ts";
import { toViewJson } from "./view-json.ts";
import { findView } from "./visible-views.ts";

export async function showView(ctx: RequestContext, { id }: { id: string }): Promise<ViewJson> {
  const tenantId = authorize(ctx, "views.read");
  return toViewJson(await ctx.database.withTenant(tenantId, (tx) => findView(ctx, tx, tenantId, id)));
}
