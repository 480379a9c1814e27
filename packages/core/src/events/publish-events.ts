import { sqlOf, statement, together, type AnyTx, type Sql } from "@parley/db";
import { outboxRow, type OutboxRow } from "@parley/queue";
import {
  ownTime,
  toCauseColumn,
  type EventType,
  type NewEvent,
  type Subscription,
  type SystemContext,
} from "../context/index.ts";

export type { NewEvent } from "../context/index.ts";

interface AppendedEvent {
  tenantId: string;
  type: string;
  seq: string;
}

// Rows are numbered in the order of the arrays: one transaction's events keep the order in which they are given. They
// bear the time at which they are written, by PostgreSQL's clock, which is one for all processes: a transaction may have
// waited for locks since it began. Only what somebody subscribes to is returned.
const INSERT_EVENTS = statement<AppendedEvent>(
  "event_insert",
  `with appended as (
     insert into event (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data,
                        cause, created_at)
     select tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data,
            cause, coalesce($12::timestamptz, clock_timestamp())
       from unnest($1::uuid[], $2::text[], $3::actor_type[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[],
                   $9::jsonb[], $10::jsonb[])
            with ordinality
            as e (tenant_id, type, actor_type, actor_id, contact_id, conversation_id, ticket_id, message_id, data, cause,
                  position)
      order by position
     returning tenant_id, type, seq
   )
   select tenant_id as "tenantId", type, seq::text as seq from appended where type = any($11::text[]) order by appended.seq`,
);

/** Appends events within a transaction and wakes every queue that subscribes to them. */
export async function publishEvents(ctx: SystemContext, tx: AnyTx, events: readonly NewEvent[]): Promise<void> {
  await publishEventsSql(ctx, sqlOf(tx), events);
}

/** The same within a transaction of set-wise SQL. */
export async function publishEventsSql(ctx: SystemContext, sql: Sql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  if (ctx.gatheredEvents) {
    ctx.gatheredEvents.push(...events.map((event) => (ctx.cause ? { cause: ctx.cause, ...event } : event)));
    return;
  }
  const [appended, subscribers] = await together([
    sql.rows(INSERT_EVENTS, [
      ...eventColumns(events),
      events.map(({ cause = ctx.cause }) => toCauseColumn(cause)),
      heardTypes(ctx),
      ownTime(ctx.clock),
    ]),
    together(ctx.subscriptions.map((subscription) => findSubscriber(sql, subscription, events))),
  ]);
  await ctx.outbox.enqueueSql(
    sql,
    subscribers.flatMap((subscriber) => rowsFor(subscriber, appended)),
  );
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

/** A subscription, and the tenants of what it names among the events that it wants to hear of. */
interface Subscriber {
  subscription: Subscription;
  tenantIds: ReadonlySet<string>;
}

async function findSubscriber(sql: Sql, subscription: Subscription, events: readonly NewEvent[]): Promise<Subscriber> {
  const { types, tenants } = subscription;
  const all = new Set(events.filter(({ type }) => types.has(type)).map(({ tenantId }) => tenantId));
  if (!tenants || all.size === 0) return { subscription, tenantIds: all };
  const wanted = await sql.rows(tenants, [[...all]]);
  return { subscription, tenantIds: new Set(wanted.map(({ tenantId }) => tenantId)) };
}

/** One row, if there is anything to tell. */
function rowsFor({ subscription, tenantIds }: Subscriber, appended: readonly AppendedEvent[]): OutboxRow[] {
  const { queue, types } = subscription;
  const heard = appended.filter(({ tenantId, type }) => types.has(type as EventType) && tenantIds.has(tenantId));
  if (heard.length === 0) return [];
  const events = [...Map.groupBy(heard, ({ tenantId }) => tenantId)].map(([tenantId, ofTenant]) => ({
    tenantId,
    seqs: ofTenant.map(({ seq }) => seq),
  }));
  return [outboxRow(queue, "handle_events", { events })];
}
