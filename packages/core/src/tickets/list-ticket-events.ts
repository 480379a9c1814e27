import { authorize, type RequestContext } from "../context/index.ts";
import { readTicketLog, toEventsJson, type EventJson } from "../events/index.ts";
import type { Page } from "../paging/index.ts";
import type { ListTicketEventsQuery } from "./schemas.ts";
import { noSuchTicket } from "./ticket-json.ts";

/**
 * The timeline of a ticket and of those that were merged into it, oldest first; see `readLog` for its order. What a
 * ticket brings along stands where it happened: whoever follows a timeline by its cursor reads it again from its
 * beginning when it tells of a merge.
 */
export async function listTicketEvents(
  ctx: RequestContext,
  query: ListTicketEventsQuery & { ticketId: string },
): Promise<Page<EventJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { ticketId, ...page } = query;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const ticket = await tx.ticket.findUnique({
      where: { tenantId_id: { tenantId, id: ticketId } },
      select: { merged: { select: { id: true } } },
    });
    if (!ticket) throw noSuchTicket();
    const ticketIds = [ticketId, ...ticket.merged.map(({ id }) => id)];
    const log = await readTicketLog(tx, { ...page, tenantId, ticketIds });
    return { ...log, data: await toEventsJson(tx, log.data) };
  });
}
