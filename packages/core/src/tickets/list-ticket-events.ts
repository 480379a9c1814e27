import type { Prisma, Tx } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, logKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import type { ListTicketEventsQuery, TicketEventJson } from "./schemas.ts";
import { noSuchTicket, toTicketEventJson } from "./ticket-json.ts";

/**
 * A ticket's timeline, oldest first. Pages follow (txid, seq) and stop before the oldest transaction that is still
 * open, so whoever follows the cursor skips nothing, however late a transaction commits; what was just committed
 * appears once everything older has ended. Within a page events stand in the order of their ids, which is that of
 * cause and effect for those written under the conversation's lock. Only transactions that overlapped can come out
 * of that order, and only from one page to the next. Relies on event_ticket_idx.
 */
export async function listTicketEvents(
  ctx: RequestContext,
  query: ListTicketEventsQuery & { ticketId: string },
): Promise<Page<TicketEventJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { ticketId, limit } = query;
  const after = rowsAfter(query.cursor);
  return ctx.database.withTenant(tenantId, async (tx) => {
    const ticket = await tx.ticket.findUnique({
      where: { tenantId_id: { tenantId, id: ticketId } },
      select: { id: true },
    });
    if (!ticket) throw noSuchTicket();
    const rows = await tx.event.findMany({
      where: { tenantId, ticketId, txid: { lt: await oldestOpenTransaction(tx) }, AND: after },
      orderBy: [{ txid: "asc" }, { seq: "asc" }],
      take: rowsToRead(limit),
    });
    const { data, page } = cutPage(rows, limit, (event) => [event.txid, event.seq]);
    return mapPage({ data: data.toSorted(bySeq), page }, toTicketEventJson);
  });
}

/** Everything that a transaction before this one wrote is committed, or never will be. */
async function oldestOpenTransaction(tx: Tx): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ txid: bigint }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as txid`;
  return row?.txid ?? 0n;
}

function rowsAfter(cursor: string | undefined): Prisma.EventWhereInput {
  const key = readCursor(cursor, logKey);
  if (!key) return {};
  const [txid, seq] = key;
  // The first condition is what the index can begin at.
  return { txid: { gte: txid }, OR: [{ txid: { gt: txid } }, { seq: { gt: seq } }] };
}

function bySeq(first: { seq: bigint }, second: { seq: bigint }): number {
  return first.seq < second.seq ? -1 : 1;
}
