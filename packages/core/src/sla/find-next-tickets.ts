import { statement, TicketPriority, type Sql } from "@parley/db";
import type { TicketKey } from "../sla-clocks/index.ts";

/** From the most urgent, as the index has them. */
const PRIORITIES: readonly TicketPriority[] = [
  TicketPriority.URGENT,
  TicketPriority.HIGH,
  TicketPriority.NORMAL,
  TicketPriority.LOW,
];

// ticket_urgency_idx. A ticket whose place in it changes has an event, because of which it is judged anyway.
const FIND_TICKETS = statement<TicketKey & { createdAt: Date }>(
  "sla_tickets_unfinished",
  `select t.tenant_id as "tenantId", t.id as "ticketId", t.created_at as "createdAt"
     from ticket t
    where t.tenant_id = $1 and t.status not in ('RESOLVED', 'CLOSED') and t.priority = $2
      and (t.created_at, t.id) > ($3, $4)
    order by t.created_at, t.id
    limit $5`,
);

// ticket_resolved_idx. Nothing is promised about them, but something may close them by itself.
const FIND_RESOLVED = statement<TicketKey & { createdAt: Date }>(
  "sla_tickets_resolved",
  `select t.tenant_id as "tenantId", t.id as "ticketId", t.created_at as "createdAt"
     from ticket t
    where t.tenant_id = $1 and t.status = 'RESOLVED' and (t.created_at, t.id) > ($2, $3)
    order by t.created_at, t.id
    limit $4`,
);

const BEFORE_ALL = { createdAt: new Date(0), id: "00000000-0000-0000-0000-000000000000" };

/** How far a walk through a tenant's tickets is. */
export interface Walked {
  lastPriority: TicketPriority | null;
  lastCreatedAt: Date | null;
  lastId: string | null;
  withResolved: boolean;
  inResolved: boolean;
}

interface Place {
  inResolved: boolean;
  priority: TicketPriority;
  createdAt: Date;
  id: string;
  isOver: boolean;
}

interface Found {
  tickets: TicketKey[];
  last: Place;
}

/** The next tickets, and where they end: the unfinished ones in the order of urgency, then those that are resolved. */
export async function findNextTickets(sql: Sql, tenantId: string, walked: Walked, chunk: number): Promise<Found> {
  const { lastCreatedAt, lastId, withResolved, inResolved } = walked;
  const after = { createdAt: lastCreatedAt ?? BEFORE_ALL.createdAt, id: lastId ?? BEFORE_ALL.id };
  if (inResolved) return findResolved(sql, tenantId, after, chunk);
  const found = await findUnfinished(sql, tenantId, after, walked, chunk);
  if (!found.last.isOver || !withResolved) return found;
  return { ...found, last: { ...found.last, inResolved: true, isOver: false } };
}

async function findResolved(
  sql: Sql,
  tenantId: string,
  after: { createdAt: Date; id: string },
  chunk: number,
): Promise<Found> {
  const found = await sql.rows(FIND_RESOLVED, [tenantId, after.createdAt, after.id, chunk]);
  const last = found.at(-1);
  const { createdAt, id } = last ? { createdAt: last.createdAt, id: last.ticketId } : after;
  const isOver = found.length < chunk;
  return { tickets: found, last: { inResolved: true, priority: TicketPriority.LOW, createdAt, id, isOver } };
}

async function findUnfinished(
  sql: Sql,
  tenantId: string,
  start: { createdAt: Date; id: string },
  { lastPriority }: Walked,
  chunk: number,
): Promise<Found> {
  const tickets: TicketKey[] = [];
  const begin = lastPriority === null ? 0 : PRIORITIES.indexOf(lastPriority);
  let after = start;
  const inResolved = false;
  for (const priority of PRIORITIES.slice(begin)) {
    const limit = chunk - tickets.length;
    const found = await sql.rows(FIND_TICKETS, [tenantId, priority, after.createdAt, after.id, limit]);
    tickets.push(...found.map(({ ticketId }) => ({ tenantId, ticketId })));
    const last = found.at(-1);
    if (last && found.length === limit) {
      const { createdAt, ticketId: id } = last;
      return { tickets, last: { inResolved, priority, createdAt, id, isOver: false } };
    }
    after = BEFORE_ALL;
  }
  return { tickets, last: { inResolved, priority: TicketPriority.LOW, ...BEFORE_ALL, isOver: true } };
}
