import { authorize, type RequestContext } from "../context/index.ts";
import { readTicketAttribute, toTicketAttributeJson } from "./attribute-json.ts";
import type { TicketAttributeJson } from "./schemas.ts";

export async function showTicketAttribute(ctx: RequestContext, { id }: { id: string }): Promise<TicketAttributeJson> {
  const tenantId = authorize(ctx, "ticket_attributes.read");
  return toTicketAttributeJson(await ctx.database.withTenant(tenantId, (tx) => readTicketAttribute(tx, tenantId, id)));
}
