import type { EventType } from "../context/index.ts";

/** In place of nobody: a key has no nulls. */
export const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Events after which a message may have become something else. */
export const MESSAGE_EVENT_TYPES = [
  "MESSAGE_RECEIVED",
  "MESSAGE_SCHEDULED",
  "MESSAGE_QUEUED",
  "MESSAGE_CANCELLED",
  "MESSAGE_SENT",
  "MESSAGE_STATUS_CHANGED",
] as const satisfies EventType[];

/** Kinds of messages that have left. */
export const LEFT = ["SENT", "DELIVERED", "READ", "PLAYED"] as const;

/**
 * SQL of relations that count the messages and conversations of the relations `messages` and `conversations` (tenant_id, id): as
 * what they are now, and no longer as what they were counted before. So each counts once, however often it is looked at. That
 * a message is being sent right now is nothing that the log tells of. Each is looked up by its key, whatever the planner knew of
 * its table when it made the plan: hence the limits. message_pkey, conversation_pkey, report_subject_pkey, report_zone_pkey
 */
export function withCounts(): string {
  return `subjects as materialized (
     select k.tenant_id, k.id, m.inbox_id, case when m.sender_type = 'AGENT' then m.sender_id end as agent_id,
            (case m.status when 'SENDING' then 'QUEUED' else m.status::text end)::report_kind as kind,
            case when m.status in (${LEFT.map((kind) => `'${kind}'`).join(", ")})
                 then coalesce(m.sent_at, m.created_at) else m.created_at end as at
       from messages k
      cross join lateral (
        select * from message m where m.tenant_id = k.tenant_id and m.id = k.id limit 1
      ) m
      where not m.is_internal
     union all
     select k.tenant_id, k.id, c.inbox_id, null, 'CONVERSATION', c.created_at
       from conversations k
      cross join lateral (
        select * from conversation c where c.tenant_id = k.tenant_id and c.id = k.id limit 1
      ) c
   ), before as materialized (
     select b.*
       from subjects s
      cross join lateral (
        select * from report_subject r where r.tenant_id = s.tenant_id and r.subject_id = s.id limit 1
      ) b
   ), changed as materialized (
     select s.*, b.kind as kind_before, b.at as at_before
       from subjects s
       left join before b on b.tenant_id = s.tenant_id and b.subject_id = s.id
      where b.kind is distinct from s.kind or b.at is distinct from s.at
   ), remembered as (
     insert into report_subject (tenant_id, subject_id, kind, at, inbox_id, agent_id)
     select tenant_id, id, kind, at, inbox_id, agent_id from changed order by tenant_id, id
         on conflict (tenant_id, subject_id) do update set kind = excluded.kind, at = excluded.at
   ), zones as materialized (
     select t.tenant_id, coalesce(z.time_zone, n.time_zone) as time_zone, z.tenant_id is null as is_new
       from (select distinct tenant_id from changed) t
      cross join lateral (select time_zone from tenant n where n.id = t.tenant_id limit 1) n
       left join lateral (select * from report_zone r where r.tenant_id = t.tenant_id limit 1) z on true
   ), cut as (
     insert into report_zone (tenant_id, time_zone) select tenant_id, time_zone from zones where is_new
   ), moved as materialized (
     select tenant_id, at at time zone time_zone as local_at, kind, inbox_id, agent_id, 1 as units
       from changed join zones using (tenant_id)
     union all
     select tenant_id, at_before at time zone time_zone, kind_before, inbox_id, agent_id, -1
       from changed join zones using (tenant_id)
      where kind_before is not null
   ), days as (
     insert into report_day as r (tenant_id, day, kind, count)
     ${selectDays("moved")} having sum(units) <> 0 order by 1, 2, 3
         on conflict (tenant_id, day, kind) do update set count = r.count + excluded.count
   ), hours as (
     insert into report_hour as r (tenant_id, day, hour, inbox_id, agent_id, kind, count)
     ${selectHours("moved")} having sum(units) <> 0 order by 1, 2, 3, 4, 5, 6
         on conflict (tenant_id, day, hour, inbox_id, agent_id, kind) do update set count = r.count + excluded.count
   )`;
}

/** What days hold, of a relation of units that came to be, or were, at a local time. */
export function selectDays(moved: string): string {
  return `select tenant_id, local_at::date as day, kind, sum(units)::bigint from ${moved} group by 1, 2, 3`;
}

export function selectHours(moved: string): string {
  return `select tenant_id, local_at::date as day, extract(hour from local_at)::int as hour, inbox_id,
                 coalesce(agent_id, '${NOBODY}') as agent_id, kind, sum(units)::bigint
            from ${moved}
           group by 1, 2, 3, 4, 5, 6`;
}
