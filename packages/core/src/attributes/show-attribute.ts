import { authorize, type RequestContext } from "../context/index.ts";
import { toAttributeJson } from "./attribute-json.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { readDefinition } from "./definition-rows.ts";
import type { AttributeJson } from "./schemas.ts";

export async function showAttribute(
  ctx: RequestContext,
  owner: AttributeOwner,
  { id }: { id: string },
): Promise<AttributeJson> {
  const tenantId = authorize(ctx, owner.read);
  return toAttributeJson(await ctx.database.withTenant(tenantId, (tx) => readDefinition(tx, owner, tenantId, id)));
}
