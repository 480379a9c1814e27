import { authorize, type RequestContext } from "../context/index.ts";
import type { TicketJson } from "./schemas.ts";
import { noSuchTicket, toTicketJson } from "./ticket-json.ts";

export async function showTicket(ctx: RequestContext, { id }: { id: string }): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.read");
  const ticket = await ctx.database.withTenant(tenantId, (tx) =>
    tx.ticket.findUnique({ where: { tenantId_id: { tenantId, id } } }),
  );
  if (!ticket) throw noSuchTicket();
  return toTicketJson(ticket);
}
