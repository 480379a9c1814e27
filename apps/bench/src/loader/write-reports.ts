import { ReportKind } from "@parley/db";
import type pg from "pg";
import { benchId, benchIdSql } from "../world/bench-ids.ts";
import type { Draw } from "./draw.ts";
import { TIME_ZONE } from "./era.ts";
import { EVENTS_TXID } from "./write-events.ts";
import { messageStatusSql } from "./write-messages.ts";

/** In place of nobody: a key has no nulls. */
const NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid";

/**
 * Writes what reports of one tenant are read from: the same rows as `rebuildReports` makes of what the tenant has, which reads all
 * of its timelines for it. Needs the tenant's plans.
 */
export async function writeReports(client: pg.Client, draw: Draw, tenant: number): Promise<void> {
  const tenantId = benchId("tenant", tenant);
  await client.query("insert into report_zone (tenant_id, time_zone) values ($1, $2)", [tenantId, TIME_ZONE]);
  await client.query(insertSubjects(draw, tenant));
  await client.query(INSERT_HOURS, [tenantId]);
  await client.query(INSERT_DAYS, [tenantId]);
  await client.query(insertFacts(tenant));
  await client.query(insertSpans(tenant));
}

/** Whoever follows the log to make reports of it finds nothing new in what was loaded. */
export async function skipLoadedEvents(client: pg.Client): Promise<void> {
  await client.query("update report_progress set txid = $1::bigint + 1, seq = 0 where txid <= $1", [EVENTS_TXID]);
}

function insertSubjects(draw: Draw, tenant: number): string {
  const t = String(tenant);
  return `
    insert into report_subject (tenant_id, subject_id, kind, at, inbox_id, agent_id)
    select '${benchId("tenant", tenant)}', id, kind::report_kind, at, ${benchIdSql("inbox", t, "inbox")}, agent_id
      from (select m.id, ${messageStatusSql(draw)} as kind, m.at, c.inbox, m.agent_id
              from plan_message m join plan_conversation c on c.n = m.conversation
             where not m.is_note
             union all
            select ${benchIdSql("conversation", t, "n")}, 'CONVERSATION', started_at, inbox, null
              from plan_conversation) s
     order by id`;
}

const INSERT_HOURS = `
  insert into report_hour (tenant_id, day, hour, inbox_id, agent_id, kind, count)
  select tenant_id, local_at::date, extract(hour from local_at)::int, inbox_id, coalesce(agent_id, ${NOBODY}), kind, count(*)
    from (select *, at at time zone '${TIME_ZONE}' as local_at from report_subject where tenant_id = $1) s
   group by 1, 2, 3, 4, 5, 6
   order by 1, 2, 3, 4, 5, 6`;

/** Each has a column of its name. */
const KINDS = Object.values(ReportKind);

const INSERT_DAYS = `
  insert into report_day (tenant_id, day, ${KINDS.map((kind) => kind.toLowerCase()).join(", ")})
  select tenant_id, day, ${KINDS.map((kind) => `coalesce(sum(count) filter (where kind = '${kind}'), 0)`).join(", ")}
    from report_hour where tenant_id = $1 group by 1, 2 order by 1, 2`;

/**
 * Customers wait since they opened the ticket, or since the first thing that they wrote after an answer. What was written in the
 * very moment of the opening is on no team's account: the ticket was given to one right afterwards.
 */
const FACTS = `
  with said as (
    select *, count(*) filter (where not is_inbound) over earlier as answers
      from plan_message
     where not is_note
    window earlier as (partition by ticket order by number rows between unbounded preceding and 1 preceding)
  ), answered as (
    select *, first_value(at) over since_answer as since, first_value(is_inbound) over since_answer as is_awaited
      from said window since_answer as (partition by ticket, answers order by number)
  ), responses as (
    select *, row_number() over (partition by ticket order by number) as n
      from answered where is_awaited and not is_inbound
  )
  select r.ticket, case n when 1 then 'FIRST_RESPONSE' else 'NEXT_RESPONSE' end as kind, greatest(n - 1, 1) as cycle, r.at,
         r.since, r.agent_id, case when r.at > t.opened_at then t.team_id end as team_id
    from responses r join plan_ticket t on t.number = r.ticket
   union all
  select number, 'OPENED', 1, opened_at, null, null, null from plan_ticket
   union all
  select number, 'RESOLUTION', 1, resolved_at, opened_at, assignee_id, team_id
    from plan_ticket join plan_life using (number)
   where resolved_at is not null`;

function insertFacts(tenant: number): string {
  const t = String(tenant);
  return `
    insert into ticket_fact (tenant_id, ticket_id, kind, cycle, at, took_ms, inbox_id, agent_id, team_id)
    select '${benchId("tenant", tenant)}', ${benchIdSql("ticket", t, "f.ticket - 1")}, f.kind::ticket_fact_kind, f.cycle, f.at,
           extract(epoch from f.at - f.since) * 1000, ${benchIdSql("inbox", t, "c.inbox")}, f.agent_id, f.team_id
      from (${FACTS}) f
      join plan_ticket p on p.number = f.ticket
      join plan_conversation c on c.n = p.conversation
     order by f.ticket, f.kind, f.cycle`;
}

function insertSpans(tenant: number): string {
  const t = String(tenant);
  return `
    insert into ticket_span (tenant_id, ticket_id, cycle, began_at, ended_at, inbox_id, agent_id, team_id)
    select '${benchId("tenant", tenant)}', ${benchIdSql("ticket", t, "p.number - 1")}, 1, p.opened_at, l.resolved_at,
           ${benchIdSql("inbox", t, "c.inbox")}, p.assignee_id, p.team_id
      from plan_ticket p
      join plan_life l using (number)
      join plan_conversation c on c.n = p.conversation
     where l.resolved_at is distinct from p.opened_at
     order by p.number`;
}
