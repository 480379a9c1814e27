import { authorize, type RequestContext } from "../context/index.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import type { TicketJson } from "./schemas.ts";
import { noSuchTicket, toTicketJson } from "./ticket-json.ts";

export async function showTicket(ctx: RequestContext, { id }: { id: string }): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const ticket = await tx.ticket.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!ticket) throw noSuchTicket();
    return withKnownAttributes(tx, tenantId, toTicketJson(ticket));
  });
}
