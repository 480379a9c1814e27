import { statement, type Channel, type RawEventStatus, type Sql } from "@parley/db";

/** A raw webhook event that waits to be applied. */
export interface RawEvent {
  id: string;
  channel: Channel;
  /** Set when the webhook's URL named the inbox: its parts may then only concern that tenant. */
  tenantId: string | null;
  body: Buffer;
  receivedAt: Date;
}

/** What was read, in order of arrival, and what there was no room for. */
export interface ReadRawEvents {
  events: RawEvent[];
  left: string[];
}

/** Parsed and as SQL parameters, bodies take several times their length. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

// raw_webhook_event_pkey. As text the status does not tempt the planner to the index of what is pending: most of that
// index's entries are dead under load.
const IS_WAITING = "id = any($1::uuid[]) and status::text = 'RECEIVED'";

// A body is fetched only if it is in the first so many bytes; its length is known without that.
const READ = statement<Omit<RawEvent, "body"> & { body: Buffer | null }>(
  "raw_event_read",
  `select id, channel, case when inbox_id is not null then tenant_id end as "tenantId", received_at as "receivedAt",
          case when sum(octet_length(body)) over (order by id rows unbounded preceding) - octet_length(body) < $2
               then body end as body
     from raw_webhook_event
    where ${IS_WAITING}
    order by id`,
);

// What another worker holds, or has finished since it was read, is not ours to do.
const CLAIM = statement<{ id: string }>(
  "raw_event_claim",
  `select id from raw_webhook_event
    where ${IS_WAITING}
    order by id
      for update skip locked`,
);

/** Reads events that wait to be applied until their bodies reach the limit: at least one, if there is one to be had. */
export async function readRawEvents(sql: Sql, ids: readonly string[]): Promise<ReadRawEvents> {
  const read: ReadRawEvents = { events: [], left: [] };
  for (const { body, ...event } of await sql.rows(READ, [ids, MAX_BODY_BYTES])) {
    if (body === null) read.left.push(event.id);
    else read.events.push({ ...event, body });
  }
  return read;
}

/** Which of the events this transaction may apply; it holds them until it ends. */
export async function claimRawEvents(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set((await sql.rows(CLAIM, [ids])).map(({ id }) => id));
}

/** What became of a raw event. */
export interface RawEventResult {
  id: string;
  status: Exclude<RawEventStatus, "RECEIVED">;
  reason: string | null;
  /** Ignored parts by name. */
  ignoredParts: Record<string, number> | null;
  /** The one inbox that it speaks of; null when there is none or several. */
  inbox: { tenantId: string; id: string | null } | null;
}

const FINISH = statement(
  "raw_event_finish",
  `update raw_webhook_event e
      set status = r.status, reason = r.reason, ignored_parts = r.ignored_parts, attempts = e.attempts + 1,
          tenant_id = coalesce(e.tenant_id, r.tenant_id), inbox_id = coalesce(e.inbox_id, r.inbox_id),
          applied_at = case when r.status = 'QUARANTINED' then null else $7::timestamptz end
     from unnest($1::uuid[], $2::raw_event_status[], $3::text[], $4::jsonb[], $5::uuid[], $6::uuid[])
          as r (id, status, reason, ignored_parts, tenant_id, inbox_id)
    where e.id = r.id`,
);

export async function finishRawEvents(sql: Sql, results: readonly RawEventResult[], at: Date): Promise<void> {
  await sql.run(FINISH, [
    results.map((result) => result.id),
    results.map((result) => result.status),
    results.map((result) => result.reason),
    results.map((result) => (result.ignoredParts ? JSON.stringify(result.ignoredParts) : null)),
    results.map((result) => result.inbox?.tenantId ?? null),
    results.map((result) => result.inbox?.id ?? null),
    at,
  ]);
}
