import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { cutPage, idKey, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { assertNotMerged } from "./assert-not-merged.ts";
import { referTo, subjectsOf } from "./events-of-change.ts";
import { lockTickets } from "./lock-ticket.ts";
import type { TicketRow } from "./ticket-row.ts";
import { asChanger } from "./ticket-changer.ts";
import type { LinkedTicketJson, ListTicketLinksQuery } from "./schemas.ts";
import { noSuchTicket } from "./ticket-json.ts";

/** More is no help to whoever reads them. */
const MAX_LINKS = 100;

interface Pair {
  id: string;
  linkedId: string;
}

/** Notes that two tickets belong together, each with the other. Doing so again changes nothing. */
export async function linkTickets(ctx: RequestContext, pair: Pair): Promise<void> {
  const tenantId = authorize(ctx, "tickets.change");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const [ticket, linked] = await lockPair(tx, tenantId, pair);
    if (ticket.id === linked.id) throw new DomainError("conflict", "A ticket is not linked to itself.");
    assertNotMerged(ticket);
    assertNotMerged(linked);
    const links = bothWays(ticket, linked);
    if ((await tx.ticketLink.count({ where: { OR: links } })) > 0) return;
    await assertRoom(tx, ticket, linked);
    const createdAt = ctx.clock.now();
    await tx.ticketLink.createMany({ data: links.map((link) => ({ ...link, createdAt })) });
    await publishEvents(ctx, tx, linkEvents(ctx, "TICKET_LINKED", ticket, linked));
  });
}

/** `not_found` when they are not linked. */
export async function unlinkTickets(ctx: RequestContext, pair: Pair): Promise<void> {
  const tenantId = authorize(ctx, "tickets.change");
  await ctx.database.withTenant(tenantId, async (tx) => {
    const [ticket, linked] = await lockPair(tx, tenantId, pair);
    const { count } = await tx.ticketLink.deleteMany({ where: { OR: bothWays(ticket, linked) } });
    if (count === 0) throw new DomainError("not_found", "These tickets are not linked.");
    await publishEvents(ctx, tx, linkEvents(ctx, "TICKET_UNLINKED", ticket, linked));
  });
}

/** The tickets that are linked with one, those that were opened last first. Relies on ticket_link_pkey. */
export async function listTicketLinks(
  ctx: RequestContext,
  query: ListTicketLinksQuery & { ticketId: string },
): Promise<Page<LinkedTicketJson>> {
  const tenantId = authorize(ctx, "tickets.read");
  const { ticketId, limit } = query;
  const [before] = readCursor(query.cursor, idKey) ?? [];
  const rows = await ctx.database.withTenant(tenantId, async (tx) => {
    const ticket = await tx.ticket.findUnique({
      where: { tenantId_id: { tenantId, id: ticketId } },
      select: { id: true },
    });
    if (!ticket) throw noSuchTicket();
    return tx.ticketLink.findMany({
      where: { tenantId, ticketId, ...(before === undefined ? {} : { linkedId: { lt: before } }) },
      include: linkInclude,
      orderBy: { linkedId: "desc" },
      take: rowsToRead(limit),
    });
  });
  return mapPage(
    cutPage(rows, limit, (link) => [link.linkedId]),
    toLinkedTicketJson,
  );
}

const linkInclude = { linked: true } satisfies Prisma.TicketLinkInclude;

function toLinkedTicketJson(link: Prisma.TicketLinkGetPayload<{ include: typeof linkInclude }>): LinkedTicketJson {
  const { id, number, subject, status, priority, assigneeId, teamId } = link.linked;
  return {
    id,
    number: Number(number),
    subject,
    status: toJsonEnum(status),
    priority: toJsonEnum(priority),
    assigneeId,
    teamId,
    linkedAt: link.createdAt.toISOString(),
  };
}

async function lockPair(tx: Tx, tenantId: string, { id, linkedId }: Pair): Promise<[TicketRow, TicketRow]> {
  const { tickets } = await lockTickets(tx, tenantId, [id, linkedId]);
  const [ticket, linked] = [tickets.get(id), tickets.get(linkedId)];
  if (!ticket || !linked) throw noSuchTicket();
  return [ticket, linked];
}

async function assertRoom(tx: Tx, ...tickets: TicketRow[]): Promise<void> {
  for (const { tenantId, id: ticketId, number } of tickets) {
    if ((await tx.ticketLink.count({ where: { tenantId, ticketId } })) < MAX_LINKS) continue;
    throw new DomainError("conflict", `Ticket ${number} has ${MAX_LINKS} links already; take one away first.`);
  }
}

function bothWays({ tenantId, id }: TicketRow, linked: TicketRow) {
  return [
    { tenantId, ticketId: id, linkedId: linked.id },
    { tenantId, ticketId: linked.id, linkedId: id },
  ];
}

function linkEvents(
  ctx: RequestContext,
  type: "TICKET_LINKED" | "TICKET_UNLINKED",
  ticket: TicketRow,
  linked: TicketRow,
): NewEvent[] {
  const event = (of: TicketRow, other: TicketRow): NewEvent => ({
    ...subjectsOf(of),
    ...asChanger(ctx.actor).actor,
    type,
    data: { with: referTo(other) },
  });
  return [event(ticket, linked), event(linked, ticket)];
}
