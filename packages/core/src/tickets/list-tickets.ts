import type { Prisma } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, timeKey, type Page } from "../paging/index.ts";
import { containsText } from "../search/index.ts";
import type { ListTicketsQuery, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

const TICKET_NUMBER = /^#?(\d{1,15})$/;

/** Newest first. Relies on ticket_tenant_id_created_at_id_idx. */
export async function listTickets(ctx: RequestContext, query: ListTicketsQuery): Promise<Page<TicketJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { status, priority, channel, assigneeId, teamId, tag, search, limit } = query;
  const tagFilter = tag === undefined ? {} : { tags: { has: tag } };
  // There are no teams yet, so nothing belongs to one.
  const teamFilter = teamId === undefined ? {} : { id: { in: [] } };
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.ticket.findMany({
      where: {
        tenantId,
        status,
        priority,
        channel,
        assigneeId,
        ...tagFilter,
        ...teamFilter,
        AND: [rowsBefore(query.cursor), matches(search)],
      },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, (ticket) => [ticket.createdAt, ticket.id]),
    toTicketJson,
  );
}

function rowsBefore(cursor: string | undefined): Prisma.TicketWhereInput {
  const key = readCursor(cursor, timeKey);
  if (!key) return {};
  const [at, id] = key;
  // The first condition is what the index can begin at.
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] };
}

function matches(search: string | undefined): Prisma.TicketWhereInput {
  if (search === undefined) return {};
  const subject = { subject: containsText(search) };
  const number = TICKET_NUMBER.exec(search)?.[1];
  return number === undefined ? subject : { OR: [{ number: BigInt(number) }, subject] };
}
