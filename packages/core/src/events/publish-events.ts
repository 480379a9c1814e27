import { statement, type ActorType, type Prisma, type Sql, type Tx } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import type { EventType, Subscription, SystemContext } from "../context/index.ts";

/** Something that happened, to be appended to its tenant's log. */
export interface NewEvent {
  tenantId: string;
  type: EventType;
  actorType: ActorType;
  actorId?: string;
  contactId?: string;
  conversationId?: string;
  ticketId?: string | null;
  messageId?: string;
  /** Ids, states and numbers; what people wrote stays in its own table. */
  data?: Record<string, unknown>;
}

interface AppendedEvent {
  tenantId: string;
  type: string;
  seq: string;
}

// Rows are numbered in the order of the arrays: one transaction's events keep the order in which they are given. Only
// what somebody subscribes to is returned.
const INSERT_EVENTS = statement<AppendedEvent>(
  "event_insert",
  `with appended as (
     insert into event (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data)
     select tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data
       from unnest($1::uuid[], $2::text[], $3::actor_type[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[],
                   $9::jsonb[])
            with ordinality
            as e (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data, position)
      order by position
     returning tenant_id, type, seq
   )
   select tenant_id as "tenantId", type, seq::text as seq from appended where type = any($10::text[]) order by appended.seq`,
);

/** Appends events within a Prisma transaction and wakes every queue that subscribes to them. */
export async function publishEvents(ctx: SystemContext, tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const inserted = await tx.event.createManyAndReturn({
    data: events.map((event) => ({ ...event, data: (event.data ?? {}) as Prisma.InputJsonObject })),
    select: { tenantId: true, type: true, seq: true },
  });
  const rows = await subscriberRows(
    ctx,
    inserted.map((row) => ({ ...row, seq: String(row.seq) })),
    (query, tenantIds) => tx.$queryRawUnsafe(query.text, tenantIds),
  );
  if (rows.length > 0) await ctx.outbox.enqueue(tx, rows);
}

/** The same within a transaction of set-wise SQL. */
export async function publishEventsSql(ctx: SystemContext, sql: Sql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const appended = await sql.rows(INSERT_EVENTS, [...eventColumns(events), heardTypes(ctx)]);
  const rows = await subscriberRows(ctx, appended, (query, tenantIds) => sql.rows(query, [tenantIds]));
  await ctx.outbox.enqueueSql(sql, rows);
}

function heardTypes(ctx: SystemContext): string[] {
  return [...new Set(ctx.subscriptions.flatMap(({ types }) => [...types]))];
}

function eventColumns(events: readonly NewEvent[]): unknown[] {
  return [
    events.map((event) => event.tenantId),
    events.map((event) => event.type),
    events.map((event) => event.actorType),
    events.map((event) => event.actorId ?? null),
    events.map((event) => event.contactId ?? null),
    events.map((event) => event.conversationId ?? null),
    events.map((event) => event.ticketId ?? null),
    events.map((event) => event.messageId ?? null),
    events.map((event) => JSON.stringify(event.data ?? {})),
  ];
}

type AskForTenants = (query: TenantsQuery, tenantIds: string[]) => Promise<{ tenantId: string }[]>;
type TenantsQuery = NonNullable<Subscription["tenants"]>;

/** One row for each subscriber and tenant. */
async function subscriberRows(
  ctx: SystemContext,
  appended: readonly AppendedEvent[],
  ask: AskForTenants,
): Promise<OutboxRow[]> {
  const rows: OutboxRow[] = [];
  for (const { queue, types, tenants } of ctx.subscriptions) {
    const heard = appended.filter((event) => types.has(event.type as EventType));
    const ofTenant = Map.groupBy(heard, (event) => event.tenantId);
    if (tenants && ofTenant.size > 0) {
      const wanted = new Set((await ask(tenants, [...ofTenant.keys()])).map(({ tenantId }) => tenantId));
      for (const tenantId of ofTenant.keys()) if (!wanted.has(tenantId)) ofTenant.delete(tenantId);
    }
    for (const [tenantId, events] of ofTenant) {
      rows.push(outboxRow(queue, "handle_events", { tenantId, seqs: events.map((event) => event.seq) }));
    }
  }
  return rows;
}
