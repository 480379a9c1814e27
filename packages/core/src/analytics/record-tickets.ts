import { statement, together, type Sql } from "@parley/db";
import { readTicketLogs, type TicketKey } from "../sla-clocks/index.ts";
import { recordOf, TICKET_EVENT_TYPES } from "./ticket-facts.ts";

/** Tickets whose logs are in memory at once. */
const CHUNK = 500;

// ticket_fact_pkey. What is so already is not written again; what is not so any more is gone.
const WRITE_FACTS = statement(
  "ticket_facts_write",
  `with facts as materialized (
     select * from unnest($3::uuid[], $4::uuid[], $5::ticket_fact_kind[], $6::int[], $7::timestamptz[], $8::bigint[], $9::int[],
                          $10::uuid[], $11::uuid[], $12::uuid[])
       as f (tenant_id, ticket_id, kind, cycle, at, took_ms, score, inbox_id, agent_id, team_id)
   ), gone as (
     delete from ticket_fact f
      using unnest($1::uuid[], $2::uuid[]) as k (tenant_id, ticket_id)
      where f.tenant_id = k.tenant_id and f.ticket_id = k.ticket_id
        and (f.tenant_id, f.ticket_id, f.kind, f.cycle) not in (select tenant_id, ticket_id, kind, cycle from facts)
   )
   insert into ticket_fact as f (tenant_id, ticket_id, kind, cycle, at, took_ms, score, inbox_id, agent_id, team_id)
   select * from facts order by tenant_id, ticket_id, kind, cycle
       on conflict (tenant_id, ticket_id, kind, cycle) do update
      set at = excluded.at, took_ms = excluded.took_ms, score = excluded.score, agent_id = excluded.agent_id,
          team_id = excluded.team_id
    where (f.at, f.took_ms, f.score, f.agent_id, f.team_id)
          is distinct from (excluded.at, excluded.took_ms, excluded.score, excluded.agent_id, excluded.team_id)`,
);

// ticket_span_pkey
const WRITE_SPANS = statement(
  "ticket_spans_write",
  `with spans as materialized (
     select * from unnest($3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::uuid[], $9::uuid[],
                          $10::uuid[])
       as s (tenant_id, ticket_id, cycle, began_at, ended_at, inbox_id, agent_id, team_id)
   ), gone as (
     delete from ticket_span s
      using unnest($1::uuid[], $2::uuid[]) as k (tenant_id, ticket_id)
      where s.tenant_id = k.tenant_id and s.ticket_id = k.ticket_id
        and (s.tenant_id, s.ticket_id, s.cycle) not in (select tenant_id, ticket_id, cycle from spans)
   )
   insert into ticket_span as s (tenant_id, ticket_id, cycle, began_at, ended_at, inbox_id, agent_id, team_id)
   select * from spans order by tenant_id, ticket_id, cycle
       on conflict (tenant_id, ticket_id, cycle) do update
      set began_at = excluded.began_at, ended_at = excluded.ended_at, agent_id = excluded.agent_id, team_id = excluded.team_id
    where (s.began_at, s.ended_at, s.agent_id, s.team_id)
          is distinct from (excluded.began_at, excluded.ended_at, excluded.agent_id, excluded.team_id)`,
);

/** Is told of a ticket whose log cannot be understood. What was recorded of it stays, unless this throws. */
export type OnUnreadable = (ticket: TicketKey, error: unknown) => void;

/**
 * Writes what reports say of these tickets, by their whole logs: so neither the order nor how often they are looked at matters. The
 * caller holds the progress, so nobody else writes of them.
 */
export async function recordTickets(
  sql: Sql,
  tickets: readonly TicketKey[],
  onUnreadable: OnUnreadable,
): Promise<void> {
  for (let first = 0; first < tickets.length; first += CHUNK) {
    await recordChunk(sql, tickets.slice(first, first + CHUNK), onUnreadable);
  }
}

async function recordChunk(sql: Sql, given: readonly TicketKey[], onUnreadable: OnUnreadable): Promise<void> {
  const logs = await readTicketLogs(sql, given, TICKET_EVENT_TYPES);
  const unreadable = new Set<string>();
  const records = [...logs.values()].flatMap((log) => {
    try {
      return [{ key: log.ticket, record: recordOf(log) }];
    } catch (error) {
      onUnreadable(log.ticket, error);
      unreadable.add(log.ticket.ticketId);
      return [];
    }
  });
  const tickets = given.filter(({ ticketId }) => !unreadable.has(ticketId));
  const facts = records.flatMap(({ key, record }) => record.facts.map((fact) => ({ ...key, ...fact })));
  const spans = records.flatMap(({ key, record }) => record.spans.map((span) => ({ ...key, ...span })));
  const keys = [tickets.map(({ tenantId }) => tenantId), tickets.map(({ ticketId }) => ticketId)];
  await together([
    sql.run(WRITE_FACTS, [
      ...keys,
      facts.map(({ tenantId }) => tenantId),
      facts.map(({ ticketId }) => ticketId),
      facts.map(({ kind }) => kind),
      facts.map(({ cycle }) => cycle),
      facts.map(({ at }) => new Date(at)),
      facts.map(({ tookMs }) => tookMs),
      facts.map(({ score }) => score),
      facts.map(({ inboxId }) => inboxId),
      facts.map(({ agentId }) => agentId),
      facts.map(({ teamId }) => teamId),
    ]),
    sql.run(WRITE_SPANS, [
      ...keys,
      spans.map(({ tenantId }) => tenantId),
      spans.map(({ ticketId }) => ticketId),
      spans.map(({ cycle }) => cycle),
      spans.map(({ beganAt }) => new Date(beganAt)),
      spans.map(({ endedAt }) => (endedAt === null ? null : new Date(endedAt))),
      spans.map(({ inboxId }) => inboxId),
      spans.map(({ agentId }) => agentId),
      spans.map(({ teamId }) => teamId),
    ]),
  ]);
}
